#!/usr/bin/env python3
"""Parity from outside: the original PyTorch code and the ``tandem`` program on the same weights, on any configuration.

Builds the original's modules (VAR and VQVAE, from a checkout of FoundationVision/VAR or czg1225/CoDe) in any
dimensions, with seeded random weights under which every tensor matters; saves them as checkpoints; runs the original
greedily (top_k = 1) on the CPU in fp32, noting logits, tokens, f_hat and pictures; then lets ``tandem`` convert the
checkpoints and do the same, and compares what its ``--trace`` writes:

* every weight in the model folder exactly, and what ``config.json`` says of it;
* tokens exactly, unless the original's best logit leads the second by less than 0.001 (then that is reported, and what
  comes after it is not compared);
* logits within 1e-3, f_hat within 2e-4, pictures within 1e-3, all absolute;
* in the preset "sampling": that drawn tokens have the probabilities which the original's own filters give, by a
  chi-square test; and that a picture is the same in another batch, and its first scales whether CoDe draws them or VAR.

Prints a table; the exit code is 1 if anything fails, 3 if nothing failed but a token of too small a margin differs.

    python3 check.py --code ../../CoDe --tandem ../../tandem                       # all presets
    python3 check.py --code ../../CoDe --tandem ../../tandem --preset odd --backend scalar
    python3 check.py --code ../../CoDe --out /tmp/parity                           # only the original: checkpoints
                                                                                   # and expected tensors are kept
    python3 check.py --code ../../CoDe --tandem ../../tandem --preset custom --patch-nums 1,2,4,7 --vocab 200 \\
        --cvae 16 --ch 64 --classes 5 --model big:4:128:2 --model small:2:96:3:shared --draft-steps 1,3

The tensors have the names of the reference values (``s0.tokens``, ``draft.s0.logits``, ``refine.s3.f_hat``,
``image``, …). With a checkout of VAR, which has no drafter and refiner, CoDe's runs are left out.
"""

import argparse
import collections
import dataclasses
import json
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch

import original
from original import SCALES_512, Original, Vae, Var, read_safetensors, write_safetensors

SCALE = ".scale"  # the suffix of an int8 tensor's factors
CLOSE = 1e-3  # a smaller lead of the best logit over the second proves nothing
TOLERANCE = {"logits": 1e-3, "logits_raw": 1e-3, "x_in": 1e-3, "f_hat": 2e-4, "next_map": 2e-4, "token_hub": 2e-4}
TOLERANCE.update({"f_hat_handover": 2e-4, "image": 1e-3, "reconstruction": 1e-3, "f": 1e-3})


@dataclasses.dataclass(frozen=True)
class Preset:
    """A configuration: one tokenizer, its transformers, and what to run."""

    about: str
    vae: Vae
    models: Tuple[Var, ...]
    draft_steps: Optional[Tuple[int, ...]] = None  # None: 1 … S−1
    batches: Tuple[int, ...] = (1,)  # pictures per run
    cfg: float = 3.0
    container: str = "pth"  # pth, legacy, trainer, safetensors, sharded
    dtype: str = "fp32"  # what convert stores; the original computes with the rounded weights
    var: bool = True
    tokenizer: bool = True
    sampled: int = 0  # pictures drawn at random


TINY = Vae((1, 2, 3, 4), 64, 8, 32)
PAIR = (Var("big", 2, 64, 2, 10), Var("small", 1, 32, 1, 10))
ONCE = dict(draft_steps=(2,))

PRESETS = {
    "tiny": Preset("four scales, and CoDe at every N", TINY, PAIR),
    "shared-aln": Preset(
        "a drafter with shared AdaLN, a refiner without, and the other way round",
        Vae((1, 2, 3, 4, 6), 128, 16, 32),
        (Var("big", 3, 128, 2, 10, shared_aln=True), Var("small", 2, 64, 1, 10)),
    ),
    "shared-aln-refiner": Preset(
        "the other way round",
        Vae((1, 2, 3, 4, 6), 128, 16, 32),
        (Var("big", 2, 64, 1, 10), Var("small", 3, 128, 2, 10, shared_aln=True)),
    ),
    "odd": Preset(
        "nothing is a power of two",
        Vae((1, 2, 3, 5), 100, 12, 96),
        (Var("big", 5, 96, 3, 7), Var("small", 3, 72, 3, 7, mlp_ratio=2.5)),
        batches=(3,),
    ),
    "two-scales": Preset("the fewest scales", Vae((1, 3), 33, 5, 32), (Var("big", 1, 40, 5, 1), Var("small", 1, 24, 1, 1))),
    "same-scales": Preset("a size that comes twice", Vae((1, 2, 2, 3, 3), 50, 6, 32), PAIR),
    "first-two": Preset("the first scale has four tokens", Vae((2, 3, 4), 64, 8, 32), PAIR),
    "512": Preset(
        "the ten scales of 512 px",
        Vae(SCALES_512, 256, 16, 32),
        (Var("big", 2, 64, 1, 20, shared_aln=True), Var("small", 1, 64, 1, 20, shared_aln=True)),
        draft_steps=(4, 8),
    ),
    "256": Preset(
        "the ten scales of 256 px, and CoDe at every N",
        Vae(vocab=512, ch=32),
        (Var("big", 3, 192, 3, 100), Var("small", 2, 128, 2, 100)),
    ),
    "one-head": Preset(
        "one wide head, one model deep and narrow, no guidance",
        Vae((1, 2, 4), 300, 32, 64),
        (Var("big", 2, 160, 1, 3), Var("small", 9, 16, 2, 3)),
        cfg=0.0,
    ),
    "nonshared-phi": Preset("one phi per scale", dataclasses.replace(TINY, patch_nums=(1, 2, 3, 4, 5), share_quant_resi=0), PAIR, **ONCE),
    "one-phi": Preset("a single phi", dataclasses.replace(TINY, share_quant_resi=1), PAIR, **ONCE),
    "three-phi": Preset("three phi for six scales", dataclasses.replace(TINY, patch_nums=(1, 2, 3, 4, 5, 6), share_quant_resi=3), PAIR, **ONCE),
    "no-l2norm": Preset(
        "attention without the L2 norm: the checkpoint does not tell the heads",
        Vae((1, 2, 3, 4), 64, 8, 32),
        (Var("big", 2, 128, 2, 10, l2=False), Var("small", 1, 64, 1, 10, l2=False)),
        **ONCE,
    ),
    "batch": Preset("many pictures at once", Vae((1, 2, 3, 4, 6), 128, 16, 32), PAIR, batches=(2, 7), **ONCE),
    "sampling": Preset(
        "drawn, not greedy: probabilities, and independence of the batch",
        Vae((1, 2, 3), 64, 8, 32),
        PAIR,
        draft_steps=(2,),
        var=False,
        tokenizer=False,
        sampled=400,
    ),
    "legacy": Preset("files of the torch format before 1.6", TINY, PAIR, container="legacy", **ONCE),
    "trainer": Preset("a trainer's checkpoint", TINY, PAIR, container="trainer", **ONCE),
    "safetensors": Preset("safetensors files", TINY, PAIR, container="safetensors", **ONCE),
    "sharded": Preset("sharded safetensors", TINY, PAIR, container="sharded", **ONCE),
    "fp16": Preset("stored in fp16", TINY, PAIR, dtype="fp16", **ONCE),
    "bf16": Preset("stored in bf16", TINY, PAIR, dtype="bf16", **ONCE),
    "int8": Preset("stored in int8: the original runs on what the folder holds", TINY, PAIR, dtype="int8", **ONCE),
}
# not part of "all": their size
LARGE = {
    "d16": Preset("the public d16", Vae(), (Var("var_d16", 16, 1024, 16),), draft_steps=(), cfg=4.0),
    "d20+d16": Preset(
        "the public d20 and d16", Vae(), (Var("var_d20", 20, 1280, 20), Var("var_d16", 16, 1024, 16)), draft_steps=(8,), cfg=4.0, var=False, tokenizer=False
    ),
}


# --- the original ---------------------------------------------------------------------------------------------------


class Listener:
    """Notes what goes on in a greedy run of the original."""

    def __init__(self, o: Original, model):
        self.o, self.model, self.vq = o, model, model.vae_quant_proxy[0]
        self.x_in: List[np.ndarray] = []
        self.raw: List[np.ndarray] = []
        self.drawn: List[Tuple[np.ndarray, np.ndarray]] = []
        self.sums: List[Tuple[int, np.ndarray, np.ndarray]] = []

    def __enter__(self):
        sample, add, head = self.o.var.sample_with_top_k_top_p_, self.vq.get_next_autoregressive_input, self.model.get_logits

        def listening_sample(logits, *args, **kwargs):
            guided = array(logits)  # filtering works in place
            tokens = sample(logits, *args, **kwargs)
            self.drawn.append((guided, array(tokens[:, :, 0]).astype(np.int32)))
            return tokens

        def listening_add(si, *args, **kwargs):
            f_hat, following = add(si, *args, **kwargs)
            self.sums.append((si, array(f_hat), array(following)))
            return f_hat, following

        def listening_head(*args, **kwargs):
            logits = head(*args, **kwargs)
            self.raw.append(array(logits))
            return logits

        def before_block(_, args, kwargs):
            self.x_in.append(array(kwargs["x"]))

        self.undo = sample
        self.o.var.sample_with_top_k_top_p_ = listening_sample
        self.vq.get_next_autoregressive_input = listening_add
        self.model.get_logits = listening_head
        self.hook = self.model.blocks[0].register_forward_pre_hook(before_block, with_kwargs=True)
        return self

    def __exit__(self, *_):
        self.o.var.sample_with_top_k_top_p_ = self.undo
        del self.vq.get_next_autoregressive_input, self.model.get_logits
        self.hook.remove()

    def tensors(self, prefix: str, discarded: int) -> Dict[str, np.ndarray]:
        """``discarded``: draws before the first scale's that the original throws away."""
        out = {}
        for (si, f_hat, following), (logits, tokens), x_in, raw in zip(self.sums, self.drawn[discarded:], self.x_in, self.raw):
            s = f"{prefix}s{si}."
            out.update({s + "x_in": x_in, s + "logits_raw": raw, s + "logits": logits, s + "tokens": tokens})
            out.update({s + "f_hat": f_hat, s + "next_map": following})
        return out


def array(t: torch.Tensor) -> np.ndarray:
    return t.detach().float().numpy().copy() if t.dtype != torch.int64 else t.numpy().copy()


def run_var(o: Original, model, labels, cfg):
    with Listener(o, model) as l:
        image = model.autoregressive_infer_cfg(B=len(labels), label_B=torch.tensor(labels), cfg=cfg, top_k=1, top_p=0.0)
    return {"label": np.int32(labels), "cfg": np.float32([cfg]), **l.tensors("", 0), "image": array(image)}


def run_code(o: Original, drafter, refiner, n, labels, cfg, scales):
    common = dict(B=len(labels), label_B=torch.tensor(labels), cfg=cfg, top_k=[1] * scales, top_p=0.0, temp=[1.0] * scales)
    with Listener(o, drafter) as d:
        f_hat, hub = drafter.autoregressive_infer_cfg_draft(exit_num=n, **common)
    out = {"label": np.int32(labels), "cfg": np.float32([cfg]), "draft_steps": np.int32([n]), **d.tensors("draft.", 0)}
    out.update(token_hub=array(hub), f_hat_handover=array(f_hat))
    with Listener(o, refiner) as r:
        image = refiner.autoregressive_infer_cfg_refine(draft=hub, f_hat=f_hat, entry_num=n, **common)
    out.update(r.tensors("refine.", n))
    out["image"] = array(image)
    return out


def run_forward(model, vae, codes, labels):
    """Teacher forcing; CoDe's forward cuts at 680 positions unless told otherwise."""
    maps = vae.quantize.idxBl_to_var_input([torch.from_numpy(c.astype(np.int64)) for c in codes])
    more = {"mask_l": model.L} if "mask_l" in model.forward.__code__.co_varnames else {}
    with torch.no_grad(), warnings_off():
        logits = model(torch.tensor(labels), maps, **more)
    return {"label": np.int32(labels), "tokens": np.concatenate(codes, 1).astype(np.int32), "teacher_input": array(maps), "logits": array(logits)}


def run_vae(vae, picture: np.ndarray):
    """``picture``: [H, W, 3] of bytes. Distances to the two nearest codes come from the features, as the tokens do."""
    x = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None] * 2 - 1
    q = vae.quantize
    with torch.no_grad():
        f = vae.quant_conv(vae.encoder(x))
        tokens = q.f_to_idxBl_or_fhat(f, to_fhat=False)
        sums = q.f_to_idxBl_or_fhat(f, to_fhat=True)
        out = {"input_u8": picture.transpose(2, 0, 1)[None].copy(), "f": array(f)}
        gap = np.inf
        for k, pn in enumerate(q.v_patch_nums):
            rest = f - (sums[k - 1] if k else 0)
            z = torch.nn.functional.interpolate(rest, size=(pn, pn), mode="area").permute(0, 2, 3, 1).reshape(-1, f.shape[1])
            nearest = torch.cdist(z.double(), q.embedding.weight.double()).square().topk(2, largest=False)[0]
            gap = min(gap, float((nearest[:, 1] - nearest[:, 0]).min()))
            out[f"s{k}.tokens"] = array(tokens[k]).astype(np.int32)
            out[f"s{k}.f_hat"] = array(sums[k])
        out["reconstruction"] = array(vae.fhat_to_img(sums[-1]))
    return out, gap


def margin_of(logits: np.ndarray) -> np.ndarray:
    """How far the best logit leads the second, per token."""
    best = -np.partition(-logits, 1, axis=-1)[..., :2] if logits.shape[-1] > 1 else np.zeros(logits.shape[:-1] + (2,))
    return best[..., 0] - best[..., 1]


class warnings_off:
    def __enter__(self):
        import warnings

        self.w = warnings.catch_warnings()
        self.w.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *a):
        self.w.__exit__(*a)


# --- files ----------------------------------------------------------------------------------------------------------


def save(models: Dict[str, torch.nn.Module], container: str, folder: str) -> List[str]:
    """Writes the modules, the tokenizer first, as checkpoints; returns the files that convert is given."""
    states = {name: m.state_dict() for name, m in models.items()}
    paths = []
    if container == "trainer":
        # as VAR's trainer does it: tokenizer, transformer and optimizer in one file. A second transformer comes with
        # the prefix that a parallel wrapper leaves, one level down.
        names = list(states)
        optimizer = {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(3)}}, "param_groups": [{"lr": 1e-4, "params": [0], "betas": (0.9, 0.95)}]}
        both = {"config": {"label_smooth": 0.0, "prog_it": 0}, "var_wo_ddp": states[names[1]], "vae_local": states[names[0]], "var_opt": {"optimizer": optimizer}}
        args = collections.OrderedDict(depth=2, pn="1_2_3", data_path=None, saln=False, tblr=1e-4)
        for n in names[2:]:
            wrapped = collections.OrderedDict(("module." + k, v) for k, v in states[n].items())
            torch.save({"epoch": 1, "model": wrapped}, os.path.join(folder, n + ".pth"))
        torch.save({"epoch": 4, "iter": 0, "trainer": both, "args": args}, os.path.join(folder, names[1] + ".pth"))
        return [os.path.join(folder, n + ".pth") for n in names[1:]]
    for name, state in states.items():
        path = os.path.join(folder, name + (".pth" if container in ("pth", "legacy") else ".safetensors"))
        if container == "sharded":
            parts = [dict(list(state.items())[i::3]) for i in range(3)]
            weight_map = {}
            for i, part in enumerate(parts):
                file = f"{name}-{i + 1:05d}-of-00003.safetensors"
                write_safetensors(os.path.join(folder, file), part, {"format": "pt"})
                weight_map.update({k: file for k in part})
            path += ".index.json"
            total = sum(v.numel() * v.element_size() for v in state.values())
            with open(path, "w") as f:
                json.dump({"metadata": {"total_size": total}, "weight_map": weight_map}, f)
        elif container == "safetensors":
            write_safetensors(path, state, {"format": "pt"})
        else:
            torch.save(state, path, _use_new_zipfile_serialization=container == "pth")
        paths.append(path)
    return paths


def write_png(path: str, picture: np.ndarray):
    h, w, _ = picture.shape
    rows = np.concatenate([np.zeros((h, 1), np.uint8), picture.reshape(h, w * 3)], 1).tobytes()

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)))
        f.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def some_picture(side: int, seed: int) -> np.ndarray:
    """Soft colours with hard edges and some noise."""
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    a = np.stack([0.5 + 0.4 * np.sin(r.uniform(1, 9) * x + r.uniform(1, 9) * y + r.uniform(0, 6)) for _ in range(3)], -1)
    for _ in range(5):
        cx, cy, size = r.uniform(0, 1), r.uniform(0, 1), r.uniform(0.05, 0.3)
        a[(abs(x - cx) < size) & (abs(y - cy) < size)] = r.uniform(0, 1, 3)
    return np.clip(np.rint((a + r.normal(0, 0.02, a.shape)) * 255), 0, 255).astype(np.uint8)


# --- comparing ------------------------------------------------------------------------------------------------------


class Table:
    def __init__(self):
        self.failed = self.close = self.passed = 0

    def row(self, preset, run, result, tokens="", margin=None, **worst):
        def number(v):
            return "-" if v is None else f"{v:.1e}"

        verdict = "ok" if result is True else result
        if result is True:
            self.passed += 1
        elif verdict.startswith("close"):
            self.close += 1
        elif not verdict.startswith("left out"):
            self.failed += 1
        print(
            f"{preset:19s} {run:22s} {tokens:>11s} {number(margin):>8s} {number(worst.get('logits')):>8s} "
            f"{number(worst.get('f_hat')):>8s} {number(worst.get('image')):>8s}  {verdict}",
            flush=True,
        )

    @staticmethod
    def head():
        print(f"{'preset':19s} {'run':22s} {'tokens':>11s} {'margin':>8s} {'logits':>8s} {'f_hat':>8s} {'image':>8s}  result")


def compare(expected: Dict[str, np.ndarray], got: Dict[str, np.ndarray], required) -> Tuple[object, Dict[str, float], int, int]:
    """
    In the order of the expected tensors, up to the first token that differs.

    :return: True or what is wrong, the largest difference per kind, tokens equal, tokens compared
    """
    worst: Dict[str, float] = {}
    equal = total = 0
    for name, e in expected.items():
        kind = name.rsplit(".", 1)[-1]
        if name not in got:
            if kind in required:
                return f"FAIL: the trace has no {name}", worst, equal, total
            continue
        g = got[name]
        if g.shape != e.shape:
            return f"FAIL: {name} is {list(g.shape)}, not {list(e.shape)}", worst, equal, total
        if kind in ("tokens", "label", "draft_steps"):
            same = g == e
            if kind == "tokens":
                equal, total = equal + int(same.sum()), total + same.size
            if not same.all():
                logits = expected.get(name[: -len("tokens")] + "logits")
                text = f"{name}: {int((~same).sum())} of {same.size} differ"
                if kind == "tokens" and logits is not None:
                    lead = float(margin_of(logits)[~same].max())
                    if lead < CLOSE:
                        return f"close: {text}, margins up to {lead:.1e}", worst, equal, total
                return "FAIL: " + text, worst, equal, total
            continue
        if kind in TOLERANCE:
            if not np.isfinite(g).all():
                return f"FAIL: {name} is not finite", worst, equal, total
            d = float(np.abs(g.astype(np.float64) - e).max())
            group = "image" if kind == "reconstruction" else "f_hat" if kind in ("f", "f_hat_handover", "next_map", "token_hub") else "logits" if kind == "x_in" else kind.replace("_raw", "")
            worst[group] = max(worst.get(group, 0), d)
            if d > TOLERANCE[kind]:
                return f"FAIL: {name} differs by {d:.2e}", worst, equal, total
    return True, worst, equal, total


# --- tandem ---------------------------------------------------------------------------------------------------------


class Tandem:
    def __init__(self, command: str, backend: Optional[str], verbose: bool):
        self.command, self.backend, self.verbose = shlex.split(command), backend, verbose

    def __call__(self, *args) -> str:
        line = self.command + [str(a) for a in args]
        if self.verbose:
            print("+ " + shlex.join(line), file=sys.stderr)
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise TandemFailed(f"FAIL: {args[0]} exits {done.returncode}: " + " | ".join(said[-3:]), shlex.join(line))
        return done.stdout

    def engine(self):
        return ["--backend", self.backend] if self.backend else []


class TandemFailed(Exception):
    pass


def labels_for(model: Var, count: int, attempt: int) -> List[int]:
    return [(3 + 5 * attempt + 2 * i) % model.classes for i in range(count)]


class Check:
    def __init__(self, o: Original, tandem: Optional[Tandem], table: Table, args):
        self.o, self.tandem, self.table, self.args = o, tandem, table, args

    def preset(self, name: str, p: Preset, folder: str):
        started = time.time()
        os.makedirs(os.path.join(folder, "expected"), exist_ok=True)
        files = os.path.join(folder, "checkpoints")
        os.makedirs(files, exist_ok=True)
        grid = p.dtype if p.dtype in ("fp16", "bf16") else None
        vae = original.fill(self.o.vae(p.vae), self.args.seed, grid)
        models = {m.name: original.fill(self.o.transformer(m, vae, p.vae.patch_nums), self.args.seed + 1 + i, grid) for i, m in enumerate(p.models)}
        paths = save({"vae": vae, **models}, p.container, files)
        self.name, self.p, self.folder, self.vae, self.models = name, p, folder, vae, models
        self.model_folder = os.path.join(folder, "model")
        if self.tandem and not self.convert(paths):
            return
        steps = tuple(range(1, len(p.vae.patch_nums))) if p.draft_steps is None else p.draft_steps
        if self.args.draft_steps is not None:
            steps = [n for n in self.args.draft_steps if n in range(1, len(p.vae.patch_nums))]
        for b in p.batches:
            if p.var:
                for m in p.models:
                    self.generate(f"var {m.name} B={b}", m, b, lambda labels, m=m: run_var(self.o, models[m.name], labels, p.cfg), ["--drafter", m.name])
            if len(p.models) > 1:
                big, small = p.models[:2]
                if not self.o.has_code:
                    self.table.row(name, "code", "left out: this checkout has no CoDe")
                    continue
                self.o.free_refiner_of_its_numbers(p.vae.patch_nums)
                for n in steps:
                    self.generate(
                        f"code N={n} B={b}",
                        big,
                        b,
                        lambda labels, n=n: run_code(self.o, models[big.name], models[small.name], n, labels, p.cfg, len(p.vae.patch_nums)),
                        ["--drafter", big.name, "--refiner", small.name, "--draft-steps", n],
                    )
        for m in p.models:
            self.score(m)
        if p.tokenizer:
            self.reconstruct()
        if p.sampled and self.tandem:
            self.sampling()
        if self.args.verbose:
            print(f"{name}: {time.time() - started:.1f} s", file=sys.stderr)

    def keep(self, run: str, tensors) -> str:
        path = os.path.join(self.folder, "expected", run.replace(" ", "_").replace("=", "") + ".safetensors")
        write_safetensors(path, tensors)
        return path

    def report(self, run, expected, got, required, margin):
        result, worst, equal, total = compare(expected, got, required)
        self.table.row(self.name, run, result, f"{equal}/{total}" if total else "", margin, **worst)

    def trace(self, run, *args) -> Optional[Dict[str, np.ndarray]]:
        """What tandem's trace says, or None where it failed (which is in the table then)."""
        path = os.path.join(self.folder, "trace.safetensors")
        if os.path.exists(path):
            os.remove(path)
        try:
            self.tandem(*args, "--trace", path, *self.tandem.engine())
            return read_safetensors(path)
        except TandemFailed as e:
            self.table.row(self.name, run, e.args[0])
            if self.args.verbose:
                print(e.args[1], file=sys.stderr)
        except OSError as e:
            self.table.row(self.name, run, f"FAIL: no trace: {e}")
        return None

    def convert(self, paths) -> bool:
        shutil.rmtree(self.model_folder, ignore_errors=True)
        calls = [(paths, [])]
        if not all(m.l2 for m in self.p.models):
            # nothing in the file tells the heads then: each transformer with its own number, one after the other
            calls = [([path], ["--heads", m.heads]) for path, m in zip(paths[1:], self.p.models)]
            calls[0] = (paths[:1] + calls[0][0], calls[0][1])
        try:
            for files, more in calls:
                self.tandem("convert", *files, "-o", self.model_folder, "--dtype", self.p.dtype, *more)
        except TandemFailed as e:
            self.table.row(self.name, "convert", e.args[0])
            return False
        problem = self.folder_problem()
        self.table.row(self.name, "convert", problem or True)
        return not problem

    def folder_problem(self) -> Optional[str]:
        """What is wrong with the model folder: names, dimensions, weights."""
        with open(os.path.join(self.model_folder, "config.json")) as f:
            parts = json.load(f)["parts"]
        v = self.p.vae
        want = {"vae": dict(vocab_size=v.vocab, z_channels=v.cvae, ch=v.ch, patch_nums=list(v.patch_nums), share_quant_resi=v.share_quant_resi)}
        for m in self.p.models:
            want[m.name] = dict(depth=m.depth, embed_dim=m.width, num_heads=m.heads, vocab_size=v.vocab, z_channels=v.cvae, num_classes=m.classes, ffn_hidden=round(m.width * m.mlp_ratio))
            want[m.name].update(patch_nums=list(v.patch_nums), shared_aln=m.shared_aln, attn_l2_norm=m.l2)
        vaes = [n for n, part in parts.items() if part["type"] == "vqvae"]
        if len(vaes) != 1:
            return f"FAIL: tokenizers {vaes}"
        for name, keys in want.items():
            part = parts.get(vaes[0] if name == "vae" else name)
            if part is None:
                return f"FAIL: no part {name} but {list(parts)}"
            for k, e in keys.items():
                if part.get(k) != e:
                    return f"FAIL: {name}: {k} is {part.get(k)}, not {e}"
            state = (self.vae if name == "vae" else self.models[name]).state_dict()
            stored = read_safetensors(os.path.join(self.model_folder, part["file"]))
            if self.p.dtype == "int8":
                problem = self.take_int8(part["file"], state, stored)
                if problem:
                    return problem
            buffers = ("lvl_1L", "attn_bias_for_masking", "zero_k_bias", "ema_vocab_hit_SV")
            for k, t in state.items():
                if k not in stored:
                    if k.endswith(buffers):
                        continue
                    return f"FAIL: {part['file']} has no {k}"
                if not np.array_equal(stored[k].astype(np.float64), t.double().numpy()):
                    return f"FAIL: {part['file']}: {k} has other values"
        return None

    @staticmethod
    def take_int8(file, state, stored) -> Optional[str]:
        """Puts what an int8 folder holds into the original, after a look at how far that is from what it was."""
        few = 0
        for k in list(stored):
            if k.endswith((SCALE, "attn_bias_for_masking")) or not np.issubdtype(state[k].numpy().dtype, np.floating):
                continue
            was = state[k].double().numpy()
            now = stored[k].astype(np.float64)
            step = 2.0**-10 * np.abs(was)  # of fp16
            if stored[k].dtype == np.int8:
                scale = stored.pop(k + SCALE).astype(np.float64).reshape((-1,) + (1,) * (now.ndim - 1))
                now, step = now * scale, np.abs(was).max(axis=tuple(range(1, was.ndim)), keepdims=True) / 127 * 0.55
                few += 1
            if not np.all(np.abs(now - was) <= step + 1e-7):
                return f"FAIL: {file}: {k} is {np.abs(now - was).max():.1e} off, a step is {step.max():.1e}"
            state[k].copy_(torch.from_numpy(now.astype(np.float32)))
            stored[k] = now.astype(np.float32)
        return None if few else f"FAIL: {file} has no int8"

    def generate(self, run, model: Var, batch, original_run, args):
        best = None
        for attempt in range(self.args.tries):  # labels whose tokens are clear
            labels = labels_for(model, batch, attempt)
            expected = original_run(labels)
            margin = min(float(margin_of(v).min()) for k, v in expected.items() if k.endswith(".logits"))
            if best is None or margin > best[1]:
                best = (expected, margin, labels)
            if margin > 10 * CLOSE:
                break
        expected, margin, labels = best
        path = self.keep(run, expected)
        if not self.tandem:
            self.table.row(self.name, run, f"left out: no --tandem; expected values in {os.path.basename(path)}", "", margin)
            return
        out = os.path.join(self.folder, "out.npz")
        common = ["--class", ",".join(map(str, labels)), "--batch", batch, "--cfg", self.p.cfg, "--top-k", 1, "--top-p", 0, "--seed", 1, "-o", out]
        got = self.trace(run, "generate", "--model", self.model_folder, *args, *common)
        if got is not None:
            self.report(run, expected, got, ("tokens", "logits", "f_hat", "image", "label"), margin)
            self.npz(run, out, expected["image"])

    def npz(self, run, path, image):
        pictures = np.load(path)["arr_0"]
        want = np.rint(image.transpose(0, 2, 3, 1) * 255)
        if pictures.shape != want.shape or np.abs(pictures - want).max() > 1:
            self.table.row(self.name, run, f"FAIL: the pictures of {os.path.basename(path)} {list(pictures.shape)} are not the trace's")

    def score(self, m: Var):
        run = f"score {m.name}"
        r = np.random.default_rng(self.args.seed)
        codes = [r.integers(0, self.p.vae.vocab, (2, pn * pn)) for pn in self.p.vae.patch_nums]
        expected = run_forward(self.models[m.name], self.vae, codes, labels_for(m, 2, 0))
        path = self.keep(run, expected)
        given = os.path.join(self.folder, "given.safetensors")
        write_safetensors(given, {k: expected[k] for k in ("label", "tokens")})
        if not self.tandem:
            self.table.row(self.name, run, f"left out: no --tandem; expected values in {os.path.basename(path)}")
            return
        got = self.trace(run, "score", "--model", self.model_folder, "--transformer", m.name, "--tokens", given)
        if got is not None:
            self.report(run, expected, got, ("logits", "tokens", "label"), None)

    def reconstruct(self):
        run = "reconstruct"
        picture = some_picture(16 * self.p.vae.patch_nums[-1], self.args.seed)
        expected, gap = run_vae(self.vae, picture)
        path = self.keep(run, expected)
        png = os.path.join(self.folder, "picture.png")
        write_png(png, picture)
        if not self.tandem:
            self.table.row(self.name, run, f"left out: no --tandem; expected values in {os.path.basename(path)}", "", gap)
            return
        got = self.trace(run, "reconstruct", "--model", self.model_folder, png, "-o", os.path.join(self.folder, "again.png"))
        if got is not None:
            result, worst, equal, total = compare(expected, got, ("f", "tokens", "f_hat", "reconstruction"))
            if result is not True and "tokens" in result and gap < 1e-4:
                result = result.replace("FAIL", "close")
            self.table.row(self.name, run, result, f"{equal}/{total}", gap, **worst)
        run = "decode"
        fhat = os.path.join(self.folder, "f_hat.safetensors")
        f = torch.randn(2, self.p.vae.cvae, *(2 * [self.p.vae.patch_nums[-1]]), generator=torch.Generator().manual_seed(5))
        with torch.no_grad():
            expected = {"f_hat": array(f), "reconstruction": array(self.vae.fhat_to_img(f))}
        write_safetensors(fhat, {"f_hat": expected["f_hat"]})
        got = self.trace(run, "reconstruct", "--model", self.model_folder, "--fhat", fhat, "-o", os.path.join(self.folder, "decoded.png"))
        if got is not None:
            self.report(run, expected, got, ("reconstruction",), None)


    def sampling(self):
        model, other, scales = self.p.models[0], self.p.models[1], len(self.p.vae.patch_nums)
        top_k, top_p = [20, 0, 7], [0.85, 0.6, 0.0]
        temperature = [1.2, 0.8, 1.5] if self.o.has_code else [1.0] * scales  # VAR's own function has none
        filters = ["--cfg", 1, "--top-k", ",".join(map(str, top_k)), "--top-p", ",".join(map(str, top_p))]
        filters += ["--temperature", ",".join(map(str, temperature)), "--class", 3, "--seed", 11, "--model", self.model_folder]
        out, again = os.path.join(self.folder, "drawn.npz"), os.path.join(self.folder, "again.npz")
        n = self.p.sampled
        got = self.trace("drawn", "generate", "--drafter", model.name, *filters, "--count", n, "--batch", n, "-o", out)
        if got is None:
            return
        for i in range(scales):
            result, z = self.drawn(got[f"s{i}.logits"], got[f"s{i}.tokens"], top_k[i], top_p[i], temperature[i])
            self.table.row(self.name, f"drawn, scale {i} z={z:.1f}", result, str(got[f"s{i}.tokens"].size))
        few = 6
        try:
            self.tandem("generate", "--drafter", model.name, *filters, "--count", few, "--batch", 4, "--threads", 1, "-o", again, *self.tandem.engine())
            same = np.array_equal(np.load(out)["arr_0"][:few], np.load(again)["arr_0"])
            self.table.row(self.name, "another batch", same or "FAIL: other pictures in batches of 4 on one thread")
        except TandemFailed as e:
            self.table.row(self.name, "another batch", e.args[0])
        steps = scales - 1
        pair = ["--drafter", model.name, "--refiner", other.name, "--draft-steps", steps]
        code = self.trace("drawn by CoDe", "generate", *pair, *filters, "--count", few, "--batch", few, "-o", again)
        if code is not None:
            same = all(np.array_equal(code[f"draft.s{i}.tokens"], got[f"s{i}.tokens"][:few]) for i in range(steps))
            self.table.row(self.name, "drawn by CoDe", same or "FAIL: the drafter draws other tokens than VAR")

    def drawn(self, logits, tokens, top_k, top_p, temperature):
        """Chi-square over the ranks of the drawn tokens, in probabilities that the original's filters give."""
        seen = {}

        def multinomial(probabilities, num_samples, **_):
            seen["p"] = probabilities.double().numpy()
            return torch.zeros(len(probabilities), num_samples, dtype=torch.int64)

        real, torch.multinomial = torch.multinomial, multinomial
        try:
            more = {"temp": temperature} if temperature != 1 else {}
            self.o.var.sample_with_top_k_top_p_(torch.from_numpy(logits.copy()), top_k=top_k, top_p=top_p, **more)
        finally:
            torch.multinomial = real
        p, t = seen["p"], tokens.reshape(-1)
        chosen = p[np.arange(len(t)), t]
        if (chosen == 0).any():
            return f"FAIL: {int((chosen == 0).sum())} tokens that the filters drop", np.inf
        expected = -np.sort(-p, axis=1)
        rank = (p > chosen[:, None]).sum(1)
        expected, observed = expected.sum(0), np.bincount(rank, minlength=p.shape[1]).astype(float)
        keep = int((np.cumsum(expected[::-1])[::-1] >= 10).sum())  # the rare ones together
        e = np.append(expected[: keep - 1], expected[keep - 1 :].sum())
        x = np.append(observed[: keep - 1], observed[keep - 1 :].sum())
        few = e > 0
        chi, free = float(((x - e)[few] ** 2 / e[few]).sum()), max(int(few.sum()) - 1, 1)
        z = ((chi / free) ** (1 / 3) - 1 + 2 / (9 * free)) / (2 / (9 * free)) ** 0.5
        return (True if z < 4 else f"FAIL: chi-square {chi:.0f} with {free} degrees of freedom"), z


# --- command line ---------------------------------------------------------------------------------------------------


def model_of(text: str) -> dict:
    """NAME:DEPTH:WIDTH:HEADS[:shared]"""
    f = text.split(":")
    if len(f) < 4 or f[4:] not in ([], ["shared"]):
        raise argparse.ArgumentTypeError("expected NAME:DEPTH:WIDTH:HEADS[:shared]")
    return dict(name=f[0], depth=int(f[1]), width=int(f[2]), heads=int(f[3]), shared_aln=len(f) > 4)


def numbers(text: str) -> Tuple[int, ...]:
    return tuple(int(v) for v in text.replace(",", " ").split())


def main():
    known = "\n".join(f"  {k:20s}{p.about}" for k, p in {**PRESETS, **LARGE}.items())
    a = argparse.ArgumentParser(description=__doc__ + "\nPresets:\n" + known, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--code", required=True, metavar="PATH", help="a checkout of VAR or CoDe")
    a.add_argument("--tandem", metavar="COMMAND", help="the tandem launcher, or a command that runs it")
    a.add_argument("--preset", action="append", metavar="NAME", help="one of the list below, 'custom' or 'all' (default)")
    a.add_argument("--backend", help="given on to tandem")
    a.add_argument("--out", metavar="DIR", help="keep checkpoints, model folders and expected tensors here")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--tries", type=int, default=4, help="sets of labels tried for tokens with a clear margin")
    a.add_argument("--draft-steps", type=numbers, metavar="N,N…", help="instead of the preset's")
    a.add_argument("--container", choices=["pth", "legacy", "trainer", "safetensors", "sharded"], help="instead of the preset's")
    a.add_argument("--dtype", choices=["fp32", "fp16", "bf16", "int8"], help="instead of the preset's")
    a.add_argument("--threads", type=int, help="of the original")
    a.add_argument("--verbose", action="store_true", help="print tandem's command lines")
    c = a.add_argument_group("the preset 'custom'")
    c.add_argument("--patch-nums", type=numbers, default=(1, 2, 3, 4))
    c.add_argument("--vocab", type=int, default=64)
    c.add_argument("--cvae", type=int, default=8)
    c.add_argument("--ch", type=int, default=32, help="a multiple of 32")
    c.add_argument("--share-quant-resi", type=int, default=4)
    c.add_argument("--classes", type=int, default=10)
    c.add_argument("--model", type=model_of, action="append", metavar="NAME:DEPTH:WIDTH:HEADS[:shared]", help="twice for CoDe")
    c.add_argument("--no-l2-norm", action="store_true")
    c.add_argument("--batch", type=int, default=1)
    c.add_argument("--cfg", type=float, default=3.0)
    args = a.parse_args()
    names = args.preset or ["all"]
    if "all" in names:
        names = list(PRESETS) + [n for n in names if n not in PRESETS and n != "all"]
    custom = Preset(
        "given on the command line",
        Vae(args.patch_nums, args.vocab, args.cvae, args.ch, args.share_quant_resi),
        tuple(Var(classes=args.classes, l2=not args.no_l2_norm, **m) for m in args.model or [dict(name="big", depth=2, width=64, heads=2)]),
        batches=(args.batch,),
        cfg=args.cfg,
    )
    every = {**PRESETS, **LARGE, "custom": custom}
    for n in names:
        if n not in every:
            a.error(f"unknown preset {n}")
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    o = Original(args.code)
    tandem = Tandem(args.tandem, args.backend, args.verbose) if args.tandem else None
    table = Table()
    table.head()
    check = Check(o, tandem, table, args)
    for n in names:
        p = every[n]
        if args.container:
            p = dataclasses.replace(p, container=args.container)
        if args.dtype:
            p = dataclasses.replace(p, dtype=args.dtype)
        if args.out:
            check.preset(n, p, os.path.join(args.out, n))
        else:
            with tempfile.TemporaryDirectory(prefix="tandem-check-") as folder:
                check.preset(n, p, folder)
    print(f"{table.passed} ok, {table.close} close, {table.failed} failed")
    sys.exit(1 if table.failed else 3 if table.close else 0)


if __name__ == "__main__":
    main()
