#!/usr/bin/env python3
"""Computes the numbers that the tests of dev.tandem.analysis compare with, by numpy and scipy.

    python tools/original/quality_golden.py        # writes src/test/resources/quality/golden.json

Inputs follow from a formula (formula.py), so only results are stored.
"""
import json
import pathlib

import numpy as np
from scipy import linalg, ndimage
from scipy.spatial.distance import cdist

from formula import values

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/quality/golden.json"


def features(name, rows, dims, shift=0.0):
    """Correlated features: each follows half of the one before it."""
    x = values("quality/" + name, rows * dims, 1.0, shift).reshape(rows, dims)
    for j in range(1, dims):
        x[:, j] += np.float32(0.5) * x[:, j - 1]
    return x


def frechet(a, b):
    """As pytorch-fid and guided-diffusion's evaluator: scipy's root of the product of the covariances."""
    m1, m2 = a.mean(0, dtype=np.float64), b.mean(0, dtype=np.float64)
    s1, s2 = np.cov(a.astype(np.float64), rowvar=False), np.cov(b.astype(np.float64), rowvar=False)
    root = linalg.sqrtm(s1 @ s2)
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real)


def frechet_singular(a, b):
    """Where the product has no accurate root: the eigenvalues of S1^1/2 S2 S1^1/2."""
    m1, m2 = a.mean(0, dtype=np.float64), b.mean(0, dtype=np.float64)
    s1, s2 = np.cov(a.astype(np.float64), rowvar=False), np.cov(b.astype(np.float64), rowvar=False)
    w, v = np.linalg.eigh(s1)
    half = (v * np.sqrt(np.maximum(w, 0))) @ v.T
    trace = np.sqrt(np.maximum(np.linalg.eigvalsh(half @ s2 @ half), 0)).sum()
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * trace)


def inception_score(p, splits):
    scores = []
    for i in range(splits):
        part = p[i * len(p) // splits:(i + 1) * len(p) // splits].astype(np.float64)
        kl = part * (np.log(part) - np.log(part.mean(0, keepdims=True)))
        scores.append(np.exp(kl.sum(1).mean()))
    return [float(np.mean(scores)), float(np.std(scores))]


def precision_recall(a, b, k):
    radii = lambda x: np.sort(cdist(x, x), axis=1)[:, k]  # column 0 is the row itself
    d = cdist(a, b)
    return [float((d <= radii(a)[:, None]).any(0).mean()), float((d <= radii(b)[None, :]).any(1).mean())]


def ssim(x, y, value_range):
    """As scikit-image with gaussian_weights, sigma 1.5, use_sample_covariance=False."""
    blur = lambda z: ndimage.gaussian_filter(z, 1.5, truncate=3.5)[5:-5, 5:-5]
    out = []
    for c in range(x.shape[2]):
        a, b = x[..., c].astype(np.float64), y[..., c].astype(np.float64)
        ma, mb = blur(a), blur(b)
        va, vb, vab = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
        c1, c2 = (0.01 * value_range) ** 2, (0.03 * value_range) ** 2
        out.append(((2 * ma * mb + c1) * (2 * vab + c2) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2))).mean())
    return float(np.mean(out))


def spectrum(x):
    """Mean amplitude of the rings of whole radius, in cycles per shorter side."""
    h, w, channels = x.shape
    side = min(h, w)
    radius = np.rint(side * np.hypot(np.fft.fftfreq(h)[:, None], np.fft.fftfreq(w)[None, :])).astype(int)
    amplitude = np.stack([np.abs(np.fft.fft2(x[..., c].astype(np.float64))) for c in range(channels)])
    return [float(amplitude[:, radius == r].mean()) for r in range(side // 2 + 1)]


def kl(p, q):
    p, q = np.exp(p.astype(np.float64)), np.exp(q.astype(np.float64))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def main():
    golden = {}
    a, b = features("fid.a", 200, 24), features("fid.b", 150, 24, 0.2)
    golden["fid"] = frechet(a, b)
    golden["mean"] = [float(v) for v in a.mean(0, dtype=np.float64)]
    golden["covariance_row_3"] = [float(v) for v in np.cov(a.astype(np.float64), rowvar=False)[3]]
    wide_a, wide_b = features("wide.a", 400, 128), features("wide.b", 300, 128, 0.1)
    golden["fid_wide"] = frechet(wide_a, wide_b)
    golden["fid_few_samples"] = frechet_singular(features("few.a", 10, 24), features("few.b", 12, 24, 0.2))
    golden["fid_one_singular"] = frechet_singular(features("few.a", 10, 24), b)
    logits = values("quality/logits", 95 * 20, 3.0).reshape(95, 20).astype(np.float64)
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    golden["inception_score"] = inception_score(p, 10)
    golden["precision_recall"] = precision_recall(
        features("pr.a", 300, 6).astype(np.float64), features("pr.b", 250, 6, 0.5).astype(np.float64), 3)
    x = values("quality/image", 24 * 20 * 3, 127.5, 127.5).reshape(24, 20, 3)
    y = x + values("quality/noise", 24 * 20 * 3, 60.0).reshape(24, 20, 3)
    golden["ssim"] = ssim(x, y, 255)
    golden["psnr"] = float(10 * np.log10(255 ** 2 / ((x.astype(np.float64) - y) ** 2).mean()))
    for h, w in ((16, 16), (12, 12), (13, 10), (7, 32)):
        golden[f"spectrum_{h}x{w}"] = spectrum(values(f"quality/map{h}x{w}", h * w * 2, 1.0, 0.3).reshape(h, w, 2))
    golden["kl"] = kl(values("quality/p", 50, 4.0), values("quality/q", 50, 4.0))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
