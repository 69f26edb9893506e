/**
 * Micro-benchmarks. {@code mvn -q -B -Pbench test-compile exec:exec -Dbench=Gemm} runs those whose name contains Gemm;
 * without {@code -Dbench} all. JMH's own options go along: {@code -Dbench="Gemm -p type=F16 -p rows=512"}. The line
 * {@code gflop} of each result is GFLOP/s; that of PeakBenchmark is what the machine has.
 */
package dev.tandem.bench;
