#!/usr/bin/env python3
"""Features to measure the demo model's quality by: trains a small classifier on the reference pictures, and writes its
features of sets of pictures for `tandem evaluate`. Run by hand, on a CPU; no part of the build or the tests.

    python3 tools/demo_quality.py REFERENCE OUT [SET ...]          # needs torch, numpy, pillow

REFERENCE has a folder of pictures for each class. weights/demo/README.md lists the emoji sets that the demo was trained
on and how its pictures were made of them; any pictures of the same classes do. Each SET is a folder of pictures, or
an .npz that `tandem sample` wrote. Written are

    OUT/classifier.pt      the network; a second call takes it as it is, with the same reference
    OUT/reference.npy      features of augmented reference pictures, --each of every class
    OUT/again.npy          features of others of them, --again of every class: what perfect pictures would score
    OUT/again/             these pictures, to pass through the tokenizer (`tandem reconstruct OUT/again/*.png -o DIR`)
    OUT/NAME.npy           features of each SET, by the name of its file or folder

    ./tandem evaluate OUT/reference.npy OUT/NAME.npy --metrics fid

With --scatter it also prints how far the distances of the SETs scatter, and their differences from the first SET's, when
the pictures are drawn again from the sets (bootstrap; the same pictures in all sets, which must be of one job's seeds).

The network sees 96x96 pixels and has 64 features: far fewer than pictures, so that a thousand are enough for the
covariance. Its distances compare models of the same pictures with each other; they are no ImageNet FID.
"""
import argparse
import math
import pathlib
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SIDE, SIZE = 256, 96        # of pictures, and of what the network sees
WIDTH = 16                  # of the network's first block; four times that is the features' dimension
ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"}

# as the demo's own training: which classes are not mirrored, and how large a share of a class may have any colour
NO_FLIP = {"clock", "flag"}
HUE = {"heart": 1.0, "flower": 0.5, "clothing": 0.5, "vehicle": 0.35, "bird": 0.3, "ball": 0.3, "dessert": 0.3,
       "building": 0.2, "sea": 0.3}


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()

        def block(i, o):
            return nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.SiLU(),
                                 nn.Conv2d(o, o, 3, 1, 1), nn.BatchNorm2d(o), nn.SiLU())

        w = WIDTH
        self.body = nn.Sequential(block(3, w), block(w, 2 * w), block(2 * w, 4 * w), block(4 * w, 4 * w))
        self.head = nn.Linear(4 * w, classes)

    def features(self, x):
        """Of pictures [B, 3, SIZE, SIZE] in [-1, 1]."""
        return self.body(x).mean((2, 3))

    def forward(self, x):
        return self.head(F.dropout(self.features(x), 0.2, self.training))


def square(path):
    """A picture as [3, SIDE, SIDE] bytes."""
    with Image.open(path) as image:
        rgba = image.convert("RGBA")
    flat = Image.new("RGBA", rgba.size, "white")
    flat.alpha_composite(rgba)
    rgb = flat.convert("RGB").resize((SIDE, SIDE), Image.LANCZOS) if rgba.size != (SIDE, SIDE) else flat.convert("RGB")
    return torch.from_numpy(np.array(rgb)).permute(2, 0, 1)


def pictures(folder):
    return sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in ENDINGS)


def small(x):
    """Bytes [B, 3, SIDE, SIDE] as the network sees them."""
    return F.interpolate(x.float().div(127.5).sub(1), size=(SIZE, SIZE), mode="area")


def augment(x, names, rng, amount):
    """Small moves, mirror images and, for classes that may have any colour, rotations of the hue."""
    n = len(x)
    rand = lambda *shape: torch.rand(*shape, generator=rng)
    flip = torch.where((rand(n) < 0.5) & torch.tensor([c not in NO_FLIP for c in names]), -1.0, 1.0)
    s = 1 / (1 - amount * 0.17 * rand(n))
    a = amount * 0.10 * (2 * rand(n) - 1) * (rand(n) < 0.5)
    t = (2 * rand(n, 2) - 1) * ((1 - 0.92 / s) * amount)[:, None]
    rows = [torch.stack([flip * s * a.cos(), -s * a.sin(), t[:, 0] * s], 1),
            torch.stack([flip * s * a.sin(), s * a.cos(), t[:, 1] * s], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    turned = rand(n) < torch.tensor([HUE.get(c, 0.0) for c in names])
    angle = torch.where(turned, 2 * math.pi * rand(n), 0.12 * torch.randn(n, generator=rng).clamp(-1, 1))
    c, sn = angle.cos(), angle.sin()
    k, r = (1 - c) / 3, sn * math.sqrt(1 / 3)
    turn = torch.stack([torch.stack(row, 1) for row in ([c + k, k - r, k + r], [k + r, c + k, k - r], [k - r, k + r, c + k])], 1)
    return torch.einsum("bij,bjhw->bihw", turn, x).clamp(-1, 1)


class Reference:
    """Pictures by class; those of one class in ten are kept from training."""

    def __init__(self, folder):
        folders = sorted(p for p in pathlib.Path(folder).iterdir() if p.is_dir())
        self.classes = [p.name for p in folders]
        files = [(f, i) for i, p in enumerate(folders) for f in pictures(p)]
        self.x = torch.stack([square(f) for f, _ in files])
        self.y = torch.tensor([i for _, i in files])
        self.held = torch.zeros(len(files), dtype=torch.bool)
        for i in range(len(folders)):
            self.held[(self.y == i).nonzero()[::10]] = True

    def names(self, ids):
        return [self.classes[i] for i in self.y[ids]]

    def balanced(self, each, seed):
        """Bytes of augmented pictures, as many of every class."""
        rng = torch.Generator().manual_seed(seed)
        out = []
        for i in range(len(self.classes)):
            own = (self.y == i).nonzero()[:, 0]
            turns = -(-each // len(own))
            ids = torch.cat([own[torch.randperm(len(own), generator=rng)] for _ in range(turns)])[:each]
            for part in ids.split(64):
                x = augment(self.x[part].float().div(127.5).sub(1), self.names(part), rng, 0.6)
                out.append(x.add(1).mul(127.5).round().clamp(0, 255).byte())
        return torch.cat(out)


def train(net, data, steps, batch=64):
    rng = torch.Generator().manual_seed(9)
    x = torch.cat([small(part) for part in data.x.split(128)])
    count = torch.bincount(data.y).float()
    weight = (1 / count.sqrt())[data.y] * ~data.held
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.02)
    for step in range(steps):
        for group in opt.param_groups:
            group["lr"] = 3e-3 * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        ids = torch.multinomial(weight, batch, replacement=True, generator=rng)
        loss = F.cross_entropy(net(augment(x[ids], data.names(ids), rng, 1.0)), data.y[ids], label_smoothing=0.05)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} of {steps}: loss {loss.item():.3f}", flush=True)
    net.eval()
    with torch.no_grad():
        right = torch.cat([net(part).argmax(1) for part in x.split(128)]) == data.y
    print(f"names {right[data.held].float().mean():.1%} of {int(data.held.sum())} pictures that it was not trained on")


@torch.no_grad()
def features(net, batches):
    """@param batches of bytes [B, 3, SIDE, SIDE]"""
    return torch.cat([net.features(small(b)) for b in batches]).numpy().astype(np.float32)


def batches(path, size=64):
    """Of a set, read as they are needed."""
    path = pathlib.Path(path)
    if path.is_dir():
        files = pictures(path)
        for i in range(0, len(files), size):
            yield torch.stack([square(f) for f in files[i:i + size]])
        return
    with zipfile.ZipFile(path) as archive, archive.open("arr_0.npy") as array:
        version = np.lib.format.read_magic(array)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        (n, h, w, c), _, _ = read(array)
        if (h, w, c) != (SIDE, SIDE, 3):
            raise SystemExit(f"{path}: pictures of {w}x{h}, not {SIDE}x{SIDE}")
        for i in range(0, n, size):
            some = min(size, n - i)
            flat = np.frombuffer(array.read(some * h * w * c), np.uint8).reshape(some, h, w, c)
            yield torch.from_numpy(flat.copy()).permute(0, 3, 1, 2)


def frechet(a, b):
    root = lambda w: np.sqrt(np.maximum(w, 0))
    ca, cb = np.cov(a.T), np.cov(b.T)
    w, v = np.linalg.eigh(ca)
    half = (v * root(w)) @ v.T
    trace = root(np.linalg.eigvalsh(half @ cb @ half)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * trace


def scatter(reference, sets, draws=200):
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(draws):
        ids = rng.integers(0, min(map(len, sets.values())), min(map(len, sets.values())))
        drawn.append([frechet(reference, rows[ids]) for rows in sets.values()])
    drawn = np.array(drawn)
    for i, (name, rows) in enumerate(sets.items()):
        print(f"{name}: {frechet(reference, rows):.3f}, scatter {drawn[:, i].std():.3f}; "
              f"from the first {(drawn[:, i] - drawn[:, 0]).mean():+.3f}, scatter {(drawn[:, i] - drawn[:, 0]).std():.3f}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("reference")
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("sets", nargs="*", metavar="SET")
    p.add_argument("--steps", type=int, default=1200, help="of training (default: %(default)s)")
    p.add_argument("--each", type=int, default=300, help="pictures of a class (default: %(default)s)")
    p.add_argument("--again", type=int, default=56, help="pictures of a class (default: %(default)s)")
    p.add_argument("--scatter", action="store_true")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_intermixed_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(9)
    a.out.mkdir(parents=True, exist_ok=True)
    kept = a.out / "classifier.pt"
    if kept.exists():
        saved = torch.load(kept, weights_only=True)
        net = Net(saved["head.bias"].numel())
        net.load_state_dict(saved)
        net.eval()
    else:
        data = Reference(a.reference)
        print(f"{len(data.x)} pictures of {len(data.classes)} classes")
        net = Net(len(data.classes))
        train(net, data, a.steps)
        np.save(a.out / "reference.npy", features(net, data.balanced(a.each, 1).split(64)))
        again = data.balanced(a.again, 2)
        np.save(a.out / "again.npy", features(net, again.split(64)))
        (a.out / "again").mkdir(exist_ok=True)
        for i, x in enumerate(again):
            Image.fromarray(x.permute(1, 2, 0).numpy()).save(a.out / "again" / f"{i:05d}.png", compress_level=1)
        torch.save(net.state_dict(), kept)
    sets = {}
    for s in a.sets:
        name = pathlib.Path(s).stem
        sets[name] = features(net, batches(s))
        np.save(a.out / (name + ".npy"), sets[name])
        print(f"{s}: features of {len(sets[name])} pictures", flush=True)
    if a.scatter:
        scatter(np.load(a.out / "reference.npy").astype(np.float64), {n: r.astype(np.float64) for n, r in sets.items()})


if __name__ == "__main__":
    main()
