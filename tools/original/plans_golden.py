#!/usr/bin/env python3
"""Reference values of CoDe's inpainting and of swapped scales, from the original code on the models of case ``a`` of parity_golden.py.

Encodes a seeded picture, keeps part of it by a mask, and lets the original's ``autoregressive_infer_inpaint``,
``autoregressive_inpaint_draft`` and ``…_refine`` redraw the rest greedily (top_k = 1) on the CPU in fp32. Writes tokens,
guided logits and f_hat of every scale, and the quantizer's parameters, so that no other file of the tokenizer is needed
to compare with:

    python3 plans_golden.py --code ../../CoDe --out ../../src/test/resources/plans.safetensors

Runs are named ``var`` and ``code1`` … ``code3`` (the scales that the drafter decodes). Without a mask, ``swap1`` …
``swap3``: the drafter decodes all scales but that one (counted from 0), whose tokens come from the refiner. For this the
refiner's first step is run after that many drafted scales, and the drafter's own loop once more from the start, with the
refiner's tokens in place of what it would draw there: its cache then holds what it computed for the other's tokens.
"""

import argparse
import os

import numpy as np
import torch

import formula
import original
from original import Original, Vae, Var, write_safetensors

SCALES = (1, 2, 3, 4)
LABEL, CFG = 7, 4.0


class Listener:
    """Notes what goes through the original's own functions."""

    def __init__(self, o, quantizer, notes, prefix, adds="get_next_autoregressive_input_inpaint", forced=None):
        self.o, self.quantizer, self.notes, self.prefix, self.adds = o, quantizer, notes, prefix, adds
        self.sample, self.blend = o.var.sample_with_top_k_top_p_, getattr(quantizer, adds)
        self.forced = forced or {}  # scale → tokens in place of those drawn

    def __enter__(self):
        last = {}
        drawn = []

        def sample(logits, *args, **kwargs):
            last["logits"] = logits.detach().clone()  # the filter writes into them
            tokens = self.sample(logits, *args, **kwargs)
            if len(drawn) in self.forced:
                tokens = self.forced[len(drawn)][:, :, None].long()
            drawn.append(tokens)
            last["tokens"] = tokens[:, :, 0].clone()
            return tokens

        def blend(si, *args):
            f_hat, following = self.blend(si, *args)
            at = f"{self.prefix}.s{si}."
            self.notes[at + "logits"] = last["logits"]
            self.notes[at + "tokens"] = last["tokens"].to(torch.int32)
            self.notes[at + "f_hat"] = f_hat.clone()
            return f_hat, following

        self.o.var.sample_with_top_k_top_p_ = sample
        setattr(self.quantizer, self.adds, blend)

    def __exit__(self, *_):
        self.o.var.sample_with_top_k_top_p_ = self.sample
        delattr(self.quantizer, self.adds)


def picture(side):
    """Smooth colours and an edge, in [-1, 1]."""
    y, x = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side), indexing="ij")
    rgb = np.stack([np.sin(7 * x + 2 * y), np.cos(5 * y - x), np.where(x + y > 1.1, 0.8, -0.6)])
    return torch.tensor(rgb, dtype=torch.float32)[None]


def mask(side):
    """1 where the picture is redrawn; its edges lie within patches, where "nearest" must decide."""
    m = torch.zeros(1, 1, side, side)
    m[:, :, side // 16 : side * 5 // 8, side // 4 : side * 13 // 16] = 1
    m[:, :, side * 7 // 8 :, :] = 1
    return m


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--code", required=True, help="checkout of czg1225/CoDe")
    p.add_argument("--out", required=True)
    args = p.parse_args()

    torch.set_num_threads(1)
    o = Original(args.code)
    vae = o.vae(Vae(SCALES, 64, 8, 32))
    big = o.transformer(Var("var", 2, 64, 2, 10), vae, SCALES)
    small = o.transformer(Var("refiner", 1, 32, 1, 10), vae, SCALES)
    for model, name in ((vae, "vae"), (big, "var"), (small, "refiner")):
        formula.fill(model, "a/" + name, original.spread)

    side = 16 * SCALES[-1]
    f = vae.quant_conv(vae.encoder(picture(side)))
    f_hats = vae.quantize.f_to_idxBl_or_fhat(f, to_fhat=True)
    redrawn = mask(side)
    kept = 1 - redrawn
    common = dict(B=1, label_B=torch.tensor([LABEL]), g_seed=0, cfg=CFG, top_p=0.0)
    notes = {"mask": redrawn[0, 0].to(torch.uint8), "label": np.array([LABEL], np.int32), "cfg": np.array([CFG], np.float32)}
    for i, h in enumerate(f_hats):
        notes[f"kept.s{i}"] = h
    with Listener(o, vae.quantize, notes, "var"):
        big.autoregressive_infer_inpaint(top_k=1, f_hats=f_hats, mask_in=kept, mask_out=redrawn, **common)
    lists = dict(top_k=[1] * len(SCALES), temp=[1] * len(SCALES))
    for n in range(1, len(SCALES)):
        masks = dict(f_hats=f_hats, mask_in=kept, mask_out=redrawn)
        with Listener(o, vae.quantize, notes, f"code{n}"):
            f_hat, hub, logits = big.autoregressive_inpaint_draft(exit_num=n, **masks, **lists, **common)
        with Listener(o, vae.quantize, notes, f"code{n}"):
            small.autoregressive_inpaint_refine(
                draft=hub, f_hat=f_hat, logits_hub=logits, entry_num=n, **masks, **lists, **common
            )
    plain = "get_next_autoregressive_input"
    for k in range(1, len(SCALES)):
        theirs = {}
        f_hat, hub = big.autoregressive_infer_cfg_draft(exit_num=k, **lists, **common)
        with Listener(o, vae.quantize, theirs, "r", plain):
            small.autoregressive_infer_cfg_refine(draft=hub, f_hat=f_hat, entry_num=k, **lists, **common)
        with Listener(o, vae.quantize, notes, f"swap{k}", plain, {k: theirs[f"r.s{k}.tokens"]}):
            big.autoregressive_infer_cfg(top_k=1, **common)
        notes[f"swap{k}.s{k}.logits"] = theirs[f"r.s{k}.logits"]
    for name, value in vae.state_dict().items():
        if name.startswith("quantize.") and "ema" not in name:
            notes["vae." + name] = value
    write_safetensors(args.out, notes, {"made_by": "tools/original/plans_golden.py"})

    margins = [
        (top := v.topk(2, dim=-1)[0], (top[..., 0] - top[..., 1]).min().item())[1]
        for k, v in notes.items()
        if k.endswith("logits")
    ]
    print(f"{args.out}: {os.path.getsize(args.out)} bytes, the best logit leads by {min(margins):.4f} at least")


if __name__ == "__main__":
    main()
