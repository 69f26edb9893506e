#!/usr/bin/env python3
"""Reference values of the original VAR and CoDe for models whose weights follow from their names (formula.py), so that
neither weights nor inputs are stored: single models, CoDe at several handovers, draws from given random numbers, weights
of 16 bits, the forward of training, the tokenizer both ways.

    python3 parity_golden.py --code ../../CoDe --out ../../src/test/resources/fixtures

Case ``a`` is small (64 px), ``b`` has the ten scales of 256 px, ``d16`` the public sizes of VAR-d16; ``demo`` is the
bundled model instead. Of every case
``config.json`` holds the dimensions and the runs with their settings, ``expected/RUN.safetensors`` the numbers: tokens
whole; of anything longer than LONG every ``NAME.step``-th value, from the first, in row-major order, and in ``NAME.sums``
the sum of all values and that of their squares. Labels are those of a few that leave the best logit of every token
a clear lead.
"""

import argparse
import json
import os

import numpy as np
import torch

import formula
import original
from original import Original, Vae, Var, write_safetensors

LONG = 600
SMALL_SCALES = (1, 2, 3, 4)
CASES = {
    "a": (Vae(SMALL_SCALES, 64, 8, 32), Var("var", 2, 64, 2, 10), Var("refiner", 1, 32, 1, 10)),
    "b": (Vae(original.SCALES_256, 512, 32, 32), Var("drafter", 3, 192, 3, 100), Var("refiner", 2, 128, 2, 100)),
    "d16": (Vae(), Var("var", 16, 1024, 16, 1000)),
    "demo": (Vae(original.SCALES_256, 1024, 16, 32), Var("drafter_8", 6, 256, 4, 18), Var("refiner_8", 3, 192, 3, 18)),
}
DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "weights", "demo")
RUNS = {
    "a": [
        ("var_cfg4", dict(model="var", labels=1, cfg=4.0)),
        ("var_batch2_cfg3", dict(model="var", labels=2, cfg=3.0)),
        ("var_cfg1.5", dict(model="var", labels=1, cfg=1.5)),
        ("var_cfg0", dict(model="var", labels=1, cfg=0.0)),
        ("var_sampled", dict(model="var", labels=1, cfg=1.0, top_k=30, top_p=0.97, seed="draws 1")),
        ("var_smooth", dict(model="var", labels=1, cfg=1.0, top_k=30, top_p=0.97, seed="draws 2", more_smooth=True)),
        ("code_n1_cfg4", dict(model="var+refiner", labels=1, cfg=4.0, draft_steps=1)),
        ("code_n2_cfg4", dict(model="var+refiner", labels=1, cfg=4.0, draft_steps=2)),
        ("code_n3_cfg4", dict(model="var+refiner", labels=1, cfg=4.0, draft_steps=3)),
        (
            "code_n2_sampled",
            dict(model="var+refiner", labels=2, cfg=1.0, draft_steps=2, top_k=[40, 30, 20, 10], top_p=0.97,
                 temp=[1.5, 1.3, 1.1, 1.0], seed="draws 3"),
        ),
        ("var_f16_weights", dict(model="var.f16", labels=1, cfg=4.0)),
        ("var_bf16_weights", dict(model="var.bf16", labels=1, cfg=4.0)),
        ("forward", dict(model="var")),
        ("vae", {}),
    ],
    "b": [
        ("var_drafter_cfg4", dict(model="drafter", labels=1, cfg=4.0)),
        ("var_refiner_cfg1.5", dict(model="refiner", labels=1, cfg=1.5)),
        ("code_n3_cfg4", dict(model="drafter+refiner", labels=1, cfg=4.0, draft_steps=3)),
        ("code_n8_cfg4", dict(model="drafter+refiner", labels=1, cfg=4.0, draft_steps=8)),
        ("forward", dict(model="drafter")),
        ("vae", {}),
    ],
    "d16": [("var_cfg4", dict(model="var", labels=1, cfg=4.0))],
    "demo": [
        ("var_cfg3", dict(model="drafter_8", labels=2, cfg=3.0)),
        ("code_n8_cfg3", dict(model="drafter_8+refiner_8", labels=2, cfg=3.0, draft_steps=8)),
    ],
}
GRIDS = {"f16": torch.float16, "bf16": torch.bfloat16}
LEAD = 2e-3  # what the best of two must lead by; single precision is off by some 1e-5
TRIES = {"d16": 4}  # labels tried; the others' 12


class Notes:
    """What a file of expected values holds."""

    def __init__(self, whole=False):
        self.tensors, self.whole = {}, whole

    def add(self, name, x):
        x = np.array(x.detach().cpu() if isinstance(x, torch.Tensor) else x)  # a copy: f_hat is added to in place
        if x.dtype == np.int64:
            x = x.astype(np.int32)
        if self.whole or x.size <= LONG or x.dtype == np.int32:
            self.tensors[name] = x
            return
        step = -(-x.size // LONG) | 1  # odd, so that it runs through all rows and columns
        flat = x.reshape(-1).astype(np.float64)
        self.tensors[name] = x.reshape(-1)[::step]
        self.tensors[name + ".step"] = np.array([step], np.int32)
        self.tensors[name + ".sums"] = np.array([flat.sum(), (flat * flat).sum()])


def lead(logits):
    top = logits.topk(2, dim=-1)[0]
    return (top[..., 0] - top[..., 1]).min().item()


class Draws:
    """The original's functions with random numbers of ours, and what went through them."""

    def __init__(self, o, quantizer, notes, prefix, seed):
        self.o, self.quantizer, self.notes, self.prefix, self.seed = o, quantizer, notes, prefix, seed
        self.lead, self.margin = 1e9, 1e9
        self.names = ("sample_with_top_k_top_p_", "gumbel_softmax_with_rng")
        self.real = [getattr(o.var, n) for n in self.names]
        self.add, self.multinomial, self.exponential = (
            quantizer.get_next_autoregressive_input, torch.multinomial, torch.Tensor.exponential_)

    def at(self, scale):
        return f"{self.prefix}s{scale}."

    def __enter__(self):
        state = {"scale": 0, "last": {}}

        def multinomial(p, num_samples, replacement=False, generator=None):
            if self.seed is None:
                return p.argmax(-1, keepdim=True)
            u = torch.from_numpy(formula.values(f"{self.seed}/{self.prefix}u{state['draw']}", len(p), 0.5, 0.5)).double()
            state["last"]["u"] = u
            running = p.double().cumsum(-1)
            running = running / running[:, -1:]
            self.margin = min(self.margin, (running - u[:, None]).abs().min().item())
            return (running < u[:, None]).sum(-1, keepdim=True)

        def sample(logits, *args, **kwargs):
            state["last"]["logits"] = logits.detach().clone()  # the filter writes into them
            state["draw"] = state.get("draw", -1) + 1
            tokens = self.real[0](logits, *args, **kwargs)
            state["last"]["tokens"] = tokens[:, :, 0].clone()
            return tokens

        def exponential(x, *args, generator=None):
            e = -np.log1p(-formula.values(f"{self.seed}/{self.prefix}e{state['draw']}", x.numel(), 0.5, 0.5).astype(np.float64))
            state["last"]["exp_noise"] = x.copy_(torch.from_numpy(e.astype(np.float32)).view(x.shape)).clone()
            return x

        def gumbel(*args, **kwargs):
            kwargs["rng"] = torch.Generator()
            out = self.real[1](*args, **kwargs)
            state["last"]["gumbel_probs"] = out.clone()
            return out

        def add(si, *args):
            f_hat, following = self.add(si, *args)
            last = state["last"]
            self.lead = min(self.lead, lead(last["logits"]))
            for name in ("logits", "tokens", "u", "exp_noise", "gumbel_probs"):
                if name in last:
                    self.notes.add(self.at(si) + name, last[name])
            self.notes.add(self.at(si) + "f_hat", f_hat)
            state["last"] = {}
            return f_hat, following

        self.o.var.sample_with_top_k_top_p_, self.o.var.gumbel_softmax_with_rng = sample, gumbel
        self.quantizer.get_next_autoregressive_input = add
        torch.multinomial, torch.Tensor.exponential_ = multinomial, exponential
        return self

    def __exit__(self, *_):
        self.o.var.sample_with_top_k_top_p_, self.o.var.gumbel_softmax_with_rng = self.real
        del self.quantizer.get_next_autoregressive_input
        torch.multinomial, torch.Tensor.exponential_ = self.multinomial, self.exponential


class Case:
    def __init__(self, o, name):
        self.o, self.name = o, name
        self.dimensions, *self.transformers = CASES[name]
        self.scales = self.dimensions.patch_nums
        self.vae = self.filled(o.vae(self.dimensions), "vae")
        self.models = {}

    def model(self, name):
        if name not in self.models:
            stem, _, grid = name.partition(".")
            dimensions = next(t for t in self.transformers if t.name == stem)
            made = self.o.transformer(dimensions, self.vae, self.scales)
            self.models[name] = self.filled(made, stem, GRIDS.get(grid))
        return self.models[name]

    def filled(self, module, name, grid=None):
        if self.name != "demo":
            return formula.fill(module, f"{self.name}/{name}", original.spread, grid)
        file = original.read_safetensors(os.path.join(DEMO, f"{name.replace('vae', 'vae_demo')}.safetensors"))
        for key, p in module.named_parameters():
            x = torch.from_numpy(file[key].astype(np.float32))
            if key + ".scale" in file:  # int8, a factor per output
                factor = torch.from_numpy(file[key + ".scale"].astype(np.float32))
                x = x * factor.view(-1, *[1] * (x.dim() - 1))
            p.data.copy_(x)
        return module

    def generate(self, labels, model, cfg, draft_steps=None, top_k=None, top_p=0.0, temp=None, seed=None, more_smooth=False):
        notes = Notes(whole=seed is not None)
        first, *second = [self.model(m) for m in model.split("+")]
        common = dict(B=len(labels), label_B=torch.tensor(labels), g_seed=0, cfg=cfg, top_p=top_p)
        prefix = "draft." if second else ""
        with Draws(self.o, self.vae.quantize, notes, prefix, seed) as draws:
            if second:
                lists = dict(top_k=top_k or [1] * len(self.scales), temp=temp or [1] * len(self.scales))
                f_hat, hub = first.autoregressive_infer_cfg_draft(exit_num=draft_steps, **lists, **common)
            else:
                image = first.autoregressive_infer_cfg(top_k=top_k or 1, more_smooth=more_smooth, **common)
        leads = [draws]
        if second:
            with Draws(self.o, self.vae.quantize, notes, "refine.", seed) as draws:
                image = second[0].autoregressive_infer_cfg_refine(
                    draft=hub, f_hat=f_hat, entry_num=draft_steps, **lists, **common)
            leads.append(draws)
        notes.whole = False
        notes.add("image", image)
        margin = min(d.margin for d in leads) if seed else min(d.lead for d in leads)
        return notes, margin

    def best(self, settings):
        """Labels that leave a clear lead."""
        count, classes = settings.pop("labels"), self.transformers[0].classes
        best = None
        for turn in range(TRIES.get(self.name, 12)):
            labels = [(7 + 13 * turn + 5 * i) % classes for i in range(count)]
            notes, margin = self.generate(labels, **settings)
            if best is None or margin > best[1]:
                best = notes, margin, labels
            if margin > LEAD:
                break
        notes, margin, labels = best
        return notes, dict(settings, labels=labels, margin=float(f"{margin:.3g}"))

    def forward(self, model):
        notes = Notes()
        classes, vocabulary = self.transformers[0].classes, self.dimensions.vocab
        labels = [3, classes]  # the last means "no class"
        length = sum(p * p for p in self.scales)
        tokens = np.floor(formula.values(self.name + "/forward", 2 * length, 0.5, 0.5) * vocabulary).astype(np.int64)
        tokens = torch.from_numpy(tokens.clip(0, vocabulary - 1)).view(2, length)
        per_scale = torch.split(tokens, [p * p for p in self.scales], dim=1)
        maps = self.vae.quantize.idxBl_to_var_input(list(per_scale))
        notes.add("label", np.array(labels, np.int32))
        notes.add("tokens", tokens)
        notes.add("teacher_input", maps)
        for i, row in enumerate(self.model(model)(torch.tensor(labels), maps)):
            notes.add(f"logits.{i}", row)
        return notes, dict(model=model)

    def picture(self, seed):
        """Blocks of 8 pixels and noise, as integers."""
        side = 16 * self.scales[-1]
        coarse = formula.values(seed + "/coarse", 3 * (side // 8) ** 2, 127.5, 128).astype(np.int32)
        fine = formula.values(seed + "/fine", 3 * side * side, 127.5, 128).astype(np.int32)
        blocks = coarse.reshape(3, side // 8, side // 8).repeat(8, 1).repeat(8, 2)
        return (3 * blocks + fine.reshape(3, side, side)) // 4

    def tokenizer(self):
        side = self.scales[-1]
        for turn in range(12):
            notes, seed = Notes(), f"{self.name}/picture {turn}"
            x = torch.from_numpy(self.picture(seed).astype(np.float32)) / 255 * 2 - 1
            f = self.vae.quant_conv(self.vae.encoder(x[None]))
            gap = self.gap(f)
            if gap > LEAD:
                break
        notes.add("f", f)
        tokens = self.vae.quantize.f_to_idxBl_or_fhat(f, to_fhat=False)
        f_hats = self.vae.quantize.f_to_idxBl_or_fhat(f, to_fhat=True)
        for i, (t, h) in enumerate(zip(tokens, f_hats)):
            notes.add(f"s{i}.tokens", t)
            notes.add(f"s{i}.f_hat", h)
        notes.add("teacher_input", self.vae.quantize.idxBl_to_var_input(tokens))
        notes.add("reconstruction", self.vae.fhat_to_img(f_hats[-1]))
        features = formula.values(self.name + "/f_hat", self.dimensions.cvae * side * side, 1.5).reshape(1, -1, side, side)
        notes.add("decode.image", self.vae.fhat_to_img(torch.from_numpy(features)))
        return notes, dict(picture=seed, margin=float(f"{gap:.3g}"))

    def gap(self, f):
        """How much nearer the nearest code is than the next, at its least."""
        least, book = 1e9, self.vae.quantize.embedding.weight
        real = torch.argmin

        def argmin(d, **kwargs):
            nonlocal least
            two = (-d).topk(2, dim=1)[0]
            least = min(least, (two[:, 0] - two[:, 1]).min().item())
            return real(d, **kwargs)

        torch.argmin = argmin
        try:
            self.vae.quantize.f_to_idxBl_or_fhat(f, to_fhat=False)
        finally:
            torch.argmin = real
        return least


def json_of(case):
    v = case.dimensions
    models = {
        t.name: dict(depth=t.depth, num_heads=t.heads, embed_dim=t.width, mlp_ratio=4, norm_eps=1e-6, attn_l2_norm=True,
                     shared_aln=False)
        for t in case.transformers
    }
    model = dict(patch_nums=list(v.patch_nums), V=v.vocab, Cvae=v.cvae, ch=v.ch, ch_mult=[1, 1, 2, 2, 4], num_res_blocks=2,
                 num_classes=case.transformers[0].classes, share_quant_resi=4, quant_resi=0.5)
    return dict(model=model, models={"vae": {}, **models}, weights={}, runs={})


def checksums(case):
    """The first and the last tensor of each model, so that another maker of them knows it makes the same bits."""
    import hashlib

    out = {}
    for name, module in {"vae": case.vae, **case.models}.items():
        tensors = dict(module.named_parameters())
        ends = list(tensors)[:: max(1, len(tensors) - 1)]
        grid = GRIDS.get(name.partition(".")[2], torch.float32)
        raw = {n: tensors[n].detach().to(grid).contiguous() for n in ends}
        out[name] = {n: hashlib.sha256(t.view(torch.uint8).numpy().tobytes()).hexdigest() for n, t in raw.items()}
    return out


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--code", required=True, help="checkout of czg1225/CoDe")
    p.add_argument("--out", required=True, help="the folder of the cases' folders")
    p.add_argument("--case", action="append", choices=list(CASES), help="one of them instead of all")
    args = p.parse_args()
    torch.set_num_threads(2)
    o = Original(args.code)
    for name in args.case or CASES:
        case = Case(o, name)
        about = json_of(case)
        folder = os.path.join(args.out, name, "expected")
        os.makedirs(folder, exist_ok=True)
        for run, settings in RUNS[name]:
            if run == "vae":
                notes, settings = case.tokenizer()
            elif run == "forward":
                notes, settings = case.forward(**settings)
            else:
                notes, settings = case.best(dict(settings))
            about["runs"][run] = settings
            path = os.path.join(folder, run + ".safetensors")
            write_safetensors(path, notes.tensors, {"made_by": "tools/original/parity_golden.py"})
            print(name, run, settings, os.path.getsize(path), "bytes", flush=True)
        about["weights"] = checksums(case)
        with open(os.path.join(args.out, name, "config.json"), "w") as f:
            json.dump(about, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
