#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void fillActivations(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *d, __global uchar *value, __global uchar *outF, __global uchar *outH, __private int half)
{
  float f_10; 
  ulong ul_3, ul_1, ul_2, ul_7, ul_9, ul_15, ul_0; 
  int i_8, i_11, i_5, i_4; 
  bool b_6; 
  long l_14, l_13, l_12; 

  // BLOCK 0
  ul_0  =  (ulong) d;
  ul_1  =  (ulong) value;
  ul_2  =  (ulong) outF;
  ul_3  =  ul_0 + 16L;
  i_4  =  *((__global int *) ul_3);
  i_5  =  get_global_id(0);
  b_6  =  i_5 < i_4;
  if(b_6)
  {
    // BLOCK 1
    ul_7  =  ul_0 + 20L;
    i_8  =  *((__global int *) ul_7);
    ul_9  =  ul_1 + 16L;
    f_10  =  *((__global float *) ul_9);
    i_11  =  i_8 + i_5;
    l_12  =  (long) i_11;
    l_13  =  l_12 + 4L;
    l_14  =  l_13 << 2;
    ul_15  =  ul_2 + l_14;
    *((__global float *) ul_15)  =  f_10;
  }  // B0
  else
  {
    // BLOCK 2
  }  // B0
  // BLOCK 3 MERGES [2 1 ]
  return;
}  //  kernel
