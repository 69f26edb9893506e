#!/usr/bin/env python3
"""Features and scores of Inception-v3 with weights by formula, computed by torchvision's modules.

    python tools/original/inception_golden.py      # writes src/test/resources/quality/inception.safetensors

Two networks share their names: torchvision's own, and that of the Fréchet inception distance (pytorch-fid), which pools
differently: its means do not count the padding, and its last block takes the largest value instead of the mean.
"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from safetensors.numpy import save_file
from torchvision.models import inception

from formula import values

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/quality/inception.safetensors"
EVERY = 8
AVERAGE = F.avg_pool2d  # patched() replaces the module's own while a block runs


def mean_of_inside(x):
    return AVERAGE(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)


def largest(x):
    return F.max_pool2d(x, kernel_size=3, stride=1, padding=1)


def patched(module, pool):
    """The module with its only pooling replaced."""
    forward = type(module)._forward

    def _forward(x):
        inception.F.avg_pool2d = lambda y, **_: pool(y)
        try:
            return forward(module, x)
        finally:
            inception.F.avg_pool2d = AVERAGE

    module._forward = _forward


def network(classes, fid):
    net = torchvision.models.Inception3(num_classes=classes, aux_logits=False, transform_input=False, init_weights=False)
    if fid:
        for name, module in net.named_children():
            if name == "Mixed_7c":
                patched(module, largest)
            elif isinstance(module, (inception.InceptionA, inception.InceptionC, inception.InceptionE)):
                patched(module, mean_of_inside)
    state = net.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        amplitude, mean = spread(name, tensor.shape)
        state[name] = torch.from_numpy(values("inception/" + name, tensor.numel(), amplitude, mean)).reshape(tensor.shape)
    net.load_state_dict(state)
    return net.eval()


def spread(name, shape):
    """Amplitude and mean of a tensor's values; the same stands in InceptionParityTest."""
    if name.endswith("conv.weight"):
        return (6 / np.prod(shape[1:])) ** 0.5, 0.0
    if name.endswith("running_var"):
        return 0.3, 1.0
    if name.endswith("bn.weight"):
        return 0.2, 1.0
    if name == "fc.weight":
        return (3 / shape[1]) ** 0.5, 0.0
    return 0.1, 0.0


def picture(name, height, width):
    """Bytes: patches of 8 by 8 pixels of one colour, with noise."""
    patches = values(name + "/patches", height // 8 * (width // 8) * 3, 100, 128).reshape(height // 8, width // 8, 3)
    noise = values(name + "/noise", height * width * 3, 27).reshape(height, width, 3)
    return np.floor(np.kron(patches, np.ones((8, 8, 1), np.float32)) + noise).astype(np.uint8)


def features(net, x):
    found = {}
    hook = net.avgpool.register_forward_hook(lambda m, i, o: found.update(f=o.flatten(1)))
    with torch.no_grad():
        logits = net(x)
    hook.remove()
    return found["f"], logits


def spatial(net, x):
    """What sFID is of: mixed_6/conv of TensorFlow's graph, after ReLU, its first 7 channels, position by position."""
    found = {}
    hook = net.Mixed_6d.branch1x1.register_forward_hook(lambda m, i, o: found.update(s=o[:, :7]))
    with torch.no_grad():
        net(x)
    hook.remove()
    return found["s"].permute(0, 2, 3, 1).flatten(1)


def legacy_resize(x, side):
    """TensorFlow's bilinear resize of 2015: pixel i is taken from i times the ratio, not from pixels' centres."""
    h, w, _ = x.shape
    def axis(n):
        at = np.arange(side, dtype=np.float32) * np.float32(n / side)
        low = np.floor(at).astype(int)
        return low, np.minimum(low + 1, n - 1), (at - low).astype(np.float32)
    y0, y1, fy = axis(h)
    x0, x1, fx = axis(w)
    x = x.astype(np.float32)
    top = x[y0][:, x0] + (x[y0][:, x1] - x[y0][:, x0]) * fx[None, :, None]
    low = x[y1][:, x0] + (x[y1][:, x1] - x[y1][:, x0]) * fx[None, :, None]
    return top + (low - top) * fy[:, None, None]


def main():
    out = {}
    pixels = torch.from_numpy(np.stack([picture("small0", 64, 48), picture("small1", 64, 48)]))
    unit = pixels.permute(0, 3, 1, 2).float() / 255
    resized = 2 * F.interpolate(unit, size=(299, 299), mode="bilinear", align_corners=False) - 1
    fid = network(1008, True)
    f, _ = features(fid, resized)
    out["fid.299.features"] = f[:, ::EVERY]
    out["fid.299.spatial"] = spatial(fid, resized)[:, ::EVERY]
    out["fid.299.scores"] = (f @ fid.fc.weight.T)[:, ::EVERY]
    direct = 2 * torch.from_numpy(np.stack([picture("direct0", 80, 80), picture("direct1", 80, 80)])).permute(
        0, 3, 1, 2).float() / 255 - 1
    f, _ = features(fid, direct)
    out["fid.80.features"] = f[:, ::EVERY]
    out["fid.80.spatial"] = spatial(fid, direct)[:, ::EVERY]
    torchvision_net = network(1000, False)
    f, logits = features(torchvision_net, direct)
    out["torchvision.80.features"] = f[:, ::EVERY]
    out["torchvision.80.scores"] = logits[:, ::EVERY]
    out["resize.torch"] = 2 * F.interpolate(
        unit[:1], size=(75, 75), mode="bilinear", align_corners=False).permute(0, 2, 3, 1)[:, ::5] - 1
    legacy = (legacy_resize(pixels[0].numpy(), 75) - 128) / 128
    arrays = {k: v.detach().contiguous().numpy() for k, v in out.items()}
    arrays["resize.tensorflow"] = np.ascontiguousarray(legacy[None, ::5])
    OUT.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, OUT)
    for name, a in arrays.items():
        print(name, a.shape, float(np.abs(a).mean()), float(a.std()))


if __name__ == "__main__":
    main()
