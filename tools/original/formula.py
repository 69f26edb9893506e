"""Numbers by formula: element i of a named array follows from the name, bit for bit in numpy and in Java
(src/test/java/dev/tandem/fixture/FormulaTensors.java), so that inputs and weights of any size need not be stored.

    key = FNV-1a-64 of the name's UTF-8 bytes
    z   = splitmix64's finaliser of key + (i + 1) · 0x9E3779B97F4A7C15
    u   = the upper 24 bits of z, in [0, 1)
    x   = fp32(mean + amplitude · (2u − 1))
"""
import numpy as np

U = np.uint64
MASK = 0xFFFFFFFFFFFFFFFF


def key(name):
    h = 0xCBF29CE484222325
    for b in name.encode("utf-8"):
        h = ((h ^ b) * 0x100000001B3) & MASK
    return h


def values(name, count, amplitude, mean=0.0):
    with np.errstate(over="ignore"):
        z = U(key(name)) + np.arange(1, count + 1, dtype=np.uint64) * U(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
        z = z ^ (z >> U(31))
    u = (z >> U(40)).astype(np.float64) * 2.0 ** -24
    return (mean + amplitude * (2 * u - 1)).astype(np.float32)


def fill(module, seed, std, grid=None):
    """
    Weights by formula: tensor ``name`` of a model is ``values(seed + "/" + name, …)``, its mean and deviation those of
    ``std`` (original.spread), uniform. ``grid``, a torch type of 16 bits, rounds them.
    """
    import torch

    last = None
    for name, p in module.named_parameters():
        mean, deviation = std(name, p, True)
        x = torch.from_numpy(values(seed + "/" + name, p.numel(), deviation * 3**0.5, mean)).view(p.shape)
        if name.endswith("scale_mul_1H11"):
            last = p
        p.data.copy_(x.to(grid).float() if grid else x)
    if last is not None:  # above ln 100: the clamp must act
        last.data[0, -1] = 5
    return module
