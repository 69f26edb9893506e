#!/usr/bin/env python3
"""Times the original PyTorch code of VAR and CoDe, alone or in turns with ``tandem bench``.

Runs a checkout of FoundationVision/VAR or czg1225/CoDe, unchanged, on seeded random weights made in memory (speed does
not depend on their values), on the CPU, or on the GPU where torch finds one. Reported are the median of the runs after
the warm-ups: the whole picture, the transformer (drafter and refiner), the decoder, pictures per second, and the peak
memory (of the process on the CPU, of the device on a GPU: torch's allocator there, all that Tandem allocated here). Each
measurement is a process of its own.

    python3 bench.py --code ../../CoDe                                       # VAR-d16, batch 1
    python3 bench.py --code ../../CoDe --shape d20 --shape d20+d16 --draft-steps 8,6 --batch 1,8 --threads 2
    python3 bench.py --code ../../CoDe --shape vae --batch 1,8               # the decoder alone
    python3 bench.py --code ../../CoDe --shape d16 --tandem ../../tandem --rounds 2 --json
                                                       # A B A B: original, tandem, original, tandem; and the ratio
    python3 bench.py --code ../../CoDe --tandem ../../tandem --shape d16 --shape d30 --shape d30+d16 --batch 1,64
                                                       # the same on a GPU: a table of six rows
    python3 bench.py --code ../../CoDe --tandem ../../tandem --shape d16 --tandem-args "" --tandem-args "--gemm java --attention java"
                                                       # two rows, with NVIDIA's libraries and without

Shapes: d16, d20, d24, d30 (256 px), d36 (512 px, shared AdaLN), two of them with a plus (CoDe: drafter+refiner), vae.
On the CPU: fp32 (``--dtype bf16``: autocast), with ``--threads`` threads. On the GPU: the original's own settings,
fp16 autocast over fp32 weights and TF32. Guidance and sampling as in the original's scripts: cfg 4, top-k 900 (CoDe:
600), top-p 0.95; ``--greedy`` spares both sides the sorting. d30 takes 8 GB of memory in fp32.

Tandem computes where the original does, unless ``--backend`` or ``--tandem-device`` say otherwise, and stores weights in
``--dtype``. Its times count the way of the pixels to the host, the original's end on the device.
"""

import argparse
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time

SHAPES = ("d16", "d20", "d24", "d30", "d36")


# --- one measurement, in a process of its own -----------------------------------------------------------------------


def worker(job):
    import torch

    import original

    if job["threads"]:
        torch.set_num_threads(job["threads"])
    torch.set_grad_enabled(False)
    o = original.Original(job["code"])
    device = job["device"]
    cuda = device == "cuda"
    if cuda:  # as the original's scripts set it
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.set_float32_matmul_precision("high")
    parts = [] if job["shape"] == "vae" else job["shape"].split("+")
    depths = [int(p[1:]) for p in parts]
    patch_nums = original.SCALES_512 if 36 in depths else original.SCALES_256
    vae = o.vae(original.Vae(patch_nums))
    randomise(vae)
    vae.to(device)
    models = []
    for i, d in enumerate(depths):
        m = o.transformer(original.Var(f"d{d}", d, 64 * d, d, shared_aln=d == 36), vae, patch_nums)
        randomise(m)
        models.append(m.to(device))
    dtype = {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[job["dtype"]]
    labels = torch.arange(job["batch"], device=device) * 37 % 1000
    clock = Clock(torch, cuda)
    decode = vae.fhat_to_img

    def timed_decode(f_hat):
        clock.mark("decode")
        picture = decode(f_hat)
        clock.mark("end")
        return picture

    vae.fhat_to_img = timed_decode
    greedy = job["greedy"]
    common = dict(B=job["batch"], label_B=labels, cfg=job["cfg"], g_seed=None)
    if len(models) == 2:
        if not o.has_code:
            sys.exit(f"{o.code} has no CoDe")
        o.free_refiner_of_its_numbers(patch_nums)
        s = len(patch_nums)
        common.update(top_k=[1 if greedy else 600] * s, top_p=0.0 if greedy else 0.95, temp=[1.0] * s)
    else:
        common.update(top_k=1 if greedy else 900, top_p=0.0 if greedy else 0.95)
    f_hat = torch.randn(job["batch"], 32, patch_nums[-1], patch_nums[-1]).to(device)

    def once():
        clock.start()
        if not models:
            vae.fhat_to_img(f_hat)
        elif len(models) == 1:
            models[0].autoregressive_infer_cfg(**common)
        else:
            drafted, hub = models[0].autoregressive_infer_cfg_draft(exit_num=job["draft_steps"], **common)
            clock.mark("refine")
            models[1].autoregressive_infer_cfg_refine(draft=hub, f_hat=drafted, entry_num=job["draft_steps"], **common)
        return clock.stop(bool(models))

    if cuda:
        torch.cuda.reset_peak_memory_stats()
    runs = []
    with torch.inference_mode(), torch.autocast(device, enabled=dtype is not None, dtype=dtype or torch.bfloat16):
        for i in range(job["warmups"] + job["runs"]):
            t = once()
            if i >= job["warmups"]:
                runs.append(t)
    if cuda:
        peak = torch.cuda.max_memory_allocated() / 2**20
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    what = torch.cuda.get_device_name() if cuda else original.cpu_name()
    print(json.dumps(dict(runs=runs, peak_mib=peak, torch=torch.__version__, threads=torch.get_num_threads(), hardware=what)))


def randomise(module):
    """Fast, in place; small enough to keep everything finite."""
    import torch

    torch.manual_seed(1)
    for name, p in module.named_parameters():
        if "norm" in name and name.endswith("weight"):
            p.data.fill_(1)
        elif p.dim() > 1 and not name.endswith("scale_mul_1H11"):
            fan = p[0].numel()
            p.data.uniform_(-1, 1).mul_(min(1.0, (3 / fan) ** 0.5))
        else:
            p.data.uniform_(-0.1, 0.1)


class Clock:
    """Wall time on the CPU, events on the GPU. ``stop`` gives milliseconds per stretch."""

    def __init__(self, torch, cuda):
        self.torch, self.cuda = torch, cuda

    def start(self):
        if self.cuda:
            self.torch.cuda.synchronize()
        self.marks = []
        self.mark("start")

    def mark(self, name):
        if self.cuda:
            e = self.torch.cuda.Event(enable_timing=True)
            e.record()
            self.marks.append((name, e))
        else:
            self.marks.append((name, time.perf_counter()))

    def stop(self, parts=True):
        self.mark("stop")
        if self.cuda:
            self.torch.cuda.synchronize()
        at = dict(self.marks)

        def ms(a, b):
            return at[a].elapsed_time(at[b]) if self.cuda else (at[b] - at[a]) * 1000

        out = dict(total_ms=ms("start", "stop"), decode_ms=ms("decode", "end"))
        if parts:
            out["transformer_ms"] = ms("start", "decode")
        if "refine" in at:
            out.update(draft_ms=ms("start", "refine"), refine_ms=ms("refine", "decode"))
        return out


# --- the two sides --------------------------------------------------------------------------------------------------


def run_original(job):
    env = dict(os.environ)
    if job["threads"]:
        env.update(OMP_NUM_THREADS=str(job["threads"]), MKL_NUM_THREADS=str(job["threads"]))
    line = [sys.executable, os.path.abspath(__file__), "--worker", json.dumps(job)]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, env=env)
    if done.returncode:
        sys.exit(f"the original failed on {job['shape']} (exit code {done.returncode})")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    runs = said.pop("runs")
    return dict(said, samples=[r["total_ms"] for r in runs], **{k: statistics.median(r[k] for r in runs) for k in runs[0]})


def where(job, backend, device, more):
    """Where tandem computes, as options of tandem bench; what ``more`` says already is left to it."""
    cuda = job["device"] == "cuda"
    backend = backend or ("tornado" if cuda else "vector")
    device = device or ("cuda" if cuda and backend == "tornado" else None)
    options = {"--backend": backend, "--device": device, "--dtype": job["dtype"]}
    if device and job["dtype"] in ("fp32", "fp16"):
        options["--precision"] = job["dtype"]
    said = {word.split("=")[0] for word in more} | ({"--backend"} if "-b" in more else set())
    return [word for name, value in options.items() if value and name not in said for word in (name, value)]


def run_tandem(command, job, more):
    line = command + ["bench", "--json", "--shape", job["shape"], "--batch", job["batch"], "--runs", job["runs"], "--warmup", job["warmups"]]
    line += ["--cfg", job["cfg"], "--top-k", 1 if job["greedy"] else 600 if "+" in job["shape"] else 900]
    line += ["--top-p", 0 if job["greedy"] else 0.95, "--temperature", 1]
    if "+" in job["shape"]:
        line += ["--draft-steps", job["draft_steps"]]
    if job["threads"]:
        line += ["--threads", job["threads"]]
    line = [str(v) for v in line] + more
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"tandem failed (exit code {done.returncode}): {shlex.join(line)}")
    said = json.loads(done.stdout)
    parts = said["parts_ms"]
    out = dict(total_ms=said["total_ms"], samples=said["runs_ms"], decode_ms=parts["decode"], hardware=said["device"])
    out["transformer_ms"] = sum(v for k, v in parts.items() if k != "decode")
    if "+" in job["shape"]:
        # conditioning counts for the model it conditions in the original; here it is a part of both
        out.update(draft_ms=parts["draft"], refine_ms=sum(parts.get(k, 0) for k in ("prefix", "refine")))
    peak = said.get("device_bytes") or said["peak_rss_bytes"] or 0
    out.update(peak_mib=peak / 2**20, tandem=said["tandem"], jdk=said["jdk"])
    return out


def medians(parts):
    """Several rounds of one side, as one."""
    out = dict(parts[0])
    samples = [s for p in parts for s in p["samples"]]
    for k in parts[0]:
        if k.endswith("_ms"):
            out[k] = statistics.median(p[k] for p in parts)
    out["total_ms"] = statistics.median(samples)
    out["peak_mib"] = max(p["peak_mib"] for p in parts)
    out["samples"] = [round(s, 1) for s in samples]
    return out


def compared(originals, tandems, words):
    """What a row says of one job, with one kind of arguments for tandem."""
    row = dict(original=medians(originals))
    if tandems:
        row.update(tandem=medians(tandems), tandem_args=words)
        row["ratio"] = row["original"]["total_ms"] / row["tandem"]["total_ms"]
        row["ratio_by_round"] = [o["total_ms"] / t["total_ms"] for o, t in zip(originals, tandems)]
    return row


# --- command line ---------------------------------------------------------------------------------------------------


def numbers(text):
    return [int(v) for v in text.replace(",", " ").split()]


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--worker":
        return worker(json.loads(sys.argv[2]))
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--code", required=True, metavar="PATH", help="a checkout of VAR or CoDe")
    a.add_argument("--shape", action="append", help="repeatable; default d16")
    a.add_argument("--draft-steps", type=numbers, default=[8], metavar="N,N…", help="for CoDe; default 8")
    a.add_argument("--batch", type=numbers, default=[1], metavar="B,B…")
    a.add_argument("--device", choices=["cpu", "cuda"], help="default: cuda where torch finds a GPU")
    a.add_argument("--dtype", choices=["fp32", "bf16", "fp16"], help="default: fp32 on the CPU, fp16 on the GPU")
    a.add_argument("--threads", type=int, default=0, help="default: torch's choice")
    a.add_argument("--cfg", type=float, default=4.0)
    a.add_argument("--greedy", action="store_true", help="top-k 1 instead of sampling")
    a.add_argument("--warmups", type=int, default=1)
    a.add_argument("--runs", type=int, default=3)
    a.add_argument("--json", action="store_true", help="one JSON object on stdout instead of the table")
    t = a.add_argument_group("against tandem")
    t.add_argument("--tandem", metavar="COMMAND", help="the tandem launcher")
    t.add_argument("--backend", metavar="NAME", help="tandem's back-end; default: tornado on a GPU, vector on the CPU")
    t.add_argument("--tandem-device", metavar="DEVICE", help="its device; default: cuda on a GPU")
    t.add_argument("--tandem-args", action="append", metavar="ARGS", help="more for tandem bench, e.g. '--gemm java'; repeatable: each gets a row")
    t.add_argument("--rounds", type=int, default=2, help="of original and tandem in turns")
    args = a.parse_args()
    if not args.tandem and (args.backend or args.tandem_device or args.tandem_args):
        a.error("--backend, --tandem-device and --tandem-args are for --tandem")
    device = args.device
    if not device:
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = args.dtype or ("fp16" if device == "cuda" else "fp32")
    shapes = args.shape or ["d16"]
    for s in shapes:
        if s != "vae" and (len(s.split("+")) > 2 or any(p not in SHAPES for p in s.split("+"))):
            a.error(f"unknown shape {s}")
    if args.tandem and "vae" in shapes:
        a.error("tandem bench has no shape vae; leave --tandem out")
    jobs = []
    for s in shapes:
        for n in args.draft_steps if "+" in s else [0]:
            for b in args.batch:
                jobs.append(dict(shape=s, draft_steps=n, batch=b))
    results = []
    table = None if args.json else Table(bool(args.tandem))
    for j in jobs:
        common = dict(j, code=args.code, device=device, dtype=dtype, threads=args.threads, cfg=args.cfg, greedy=args.greedy, warmups=args.warmups, runs=args.runs)
        variants = args.tandem_args or [""]
        originals = []
        tandems = [[] for _ in variants]
        for r in range(args.rounds if args.tandem else 1):
            originals.append(run_original(common))
            for runs, words in zip(tandems, variants if args.tandem else []):
                more = shlex.split(words)
                more = where(common, args.backend, args.tandem_device, more) + more
                runs.append(run_tandem(shlex.split(args.tandem), common, more))
        for runs, words in zip(tandems, variants):
            row = dict(j, device=device, dtype=dtype, **compared(originals, runs, words))
            for side in ("original", "tandem"):
                if side in row:
                    row[side]["images_per_s"] = j["batch"] * 1000 / row[side]["total_ms"]
            if table:
                table.row(row)
            results.append(row)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
        print()
    else:
        o = results[0]["original"]
        print(f"original: torch {o['torch']}, {o['threads']} threads, {dtype} on {o['hardware']}")
        if args.tandem:
            t = results[0]["tandem"]
            print(f"tandem: {t['tandem']}, JDK {t['jdk']}, on {t['hardware']}; times in ms, × is how many times as fast")


class Table:
    """A row per shape and batch, printed as soon as it is measured; original beside tandem and how many times as fast."""

    ALONE = (("whole ms", "total_ms"), ("transf. ms", "transformer_ms"), ("draft ms", "draft_ms"), ("refine ms", "refine_ms"), ("decode ms", "decode_ms"))
    BESIDE = tuple(part for part in ALONE if part[1] not in ("draft_ms", "refine_ms"))

    def __init__(self, both):
        self.both = both
        self.parts = self.BESIDE if both else self.ALONE
        times, plain = (22, 16) if both else (10, 8)
        heads = [f"{head:^{times}s}" for head, _ in self.parts] + [f"{head:^{plain}s}" for head in ("images/s", "MiB")]
        print(f"{'shape':8s} {'N':>2s} {'batch':>5s} | " + " | ".join(heads) + (" | × by round" if both else ""), flush=True)
        if both:
            pair = f"{'original':>8s} {'tandem':>7s}"
            print(f"{'':17s} | " + " | ".join([f"{pair} {'×':>5s}"] * len(self.parts) + [pair] * 2) + " |", flush=True)

    def row(self, r):
        sides = [r["original"]] + ([r["tandem"]] if self.both else [])
        cells = [self.times([side.get(key) for side in sides]) for _, key in self.parts]
        cells.append(self.cell([self.digits(side["images_per_s"]) for side in sides]))
        cells.append(self.cell([f"{side['peak_mib']:.0f}" for side in sides]))
        rounds = " | " + ", ".join(f"{v:.2f}" for v in r["ratio_by_round"]) + f"  {r['tandem_args']}" if self.both else ""
        print(f"{r['shape']:8s} {r['draft_steps'] or '-':>2} {r['batch']:5d} | " + " | ".join(cells) + rounds, flush=True)

    def times(self, values):
        texts = ["-" if v is None else self.digits(v) for v in values]
        if not self.both:
            return f"{texts[0]:>10s}"
        return self.cell(texts) + f" {values[0] / values[1]:5.2f}"

    @staticmethod
    def digits(value):
        return f"{value:.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"

    @staticmethod
    def cell(texts):
        return " ".join(f"{text:>{8 - i}s}" for i, text in enumerate(texts))


if __name__ == "__main__":
    main()
