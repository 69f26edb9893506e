"""What check.py and bench.py share: the original's modules from a checkout, seeded weights, safetensors files.

Nothing of the original is part of this project. Both scripts take a checkout of FoundationVision/VAR or
czg1225/CoDe with ``--code PATH`` and import its ``models`` package from there, unchanged; only CoDe's has the drafter
and the refiner. Needs Python 3.9 or newer, torch and numpy.
"""

import contextlib
import inspect
import io
import json
import math
import os
import struct
import sys
import textwrap
import types
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

import numpy as np
import torch

SCALES_256 = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16)
SCALES_512 = (1, 2, 3, 4, 6, 9, 13, 18, 24, 32)


@dataclass(frozen=True)
class Vae:
    """Dimensions of a tokenizer, by the names of the original's constructor."""

    patch_nums: Tuple[int, ...] = SCALES_256
    vocab: int = 4096
    cvae: int = 32
    ch: int = 160
    share_quant_resi: int = 4


@dataclass(frozen=True)
class Var:
    """Dimensions of a transformer."""

    name: str
    depth: int
    width: int
    heads: int
    classes: int = 1000
    shared_aln: bool = False
    l2: bool = True
    mlp_ratio: float = 4.0


class Original:
    """The original's modules, imported from a checkout."""

    def __init__(self, code: str):
        code = os.path.abspath(code)
        if not os.path.isfile(os.path.join(code, "models", "var.py")):
            sys.exit(f"{code}: no checkout of VAR or CoDe (it has no models/var.py)")
        if "huggingface_hub" not in sys.modules:
            try:
                import huggingface_hub  # noqa: F401
            except ImportError:  # the models only derive an upload helper from it
                stub = types.ModuleType("huggingface_hub")
                stub.PyTorchModelHubMixin = type("PyTorchModelHubMixin", (), {})
                sys.modules["huggingface_hub"] = stub
        sys.path.insert(0, code)
        import models.helpers
        import models.quant
        import models.var
        import models.vqvae

        self.code = code
        self.var = models.var
        self.VAR = models.var.VAR
        self.VQVAE = models.vqvae.VQVAE
        self.refine = getattr(self.VAR, "autoregressive_infer_cfg_refine", None)
        self.has_code = self.refine is not None
        # the constructors initialise every layer, which takes longer than anything else here; we fill all of them
        for cls in (torch.nn.Linear, torch.nn.Conv2d, torch.nn.Embedding, torch.nn.GroupNorm):
            cls.reset_parameters = lambda self: None
        self._trunc_normal = torch.nn.init.trunc_normal_

    def vae(self, c: Vae, device="cpu"):
        with quiet():
            m = self.VQVAE(
                vocab_size=c.vocab,
                z_channels=c.cvae,
                ch=c.ch,
                test_mode=True,
                share_quant_resi=c.share_quant_resi,
                v_patch_nums=c.patch_nums,
            )
        return m.to(device).eval()

    def transformer(self, c: Var, vae, patch_nums, device="cpu"):
        torch.nn.init.trunc_normal_ = lambda t, **k: t
        try:
            with quiet():
                m = self.VAR(
                    vae_local=vae,
                    num_classes=c.classes,
                    depth=c.depth,
                    embed_dim=c.width,
                    num_heads=c.heads,
                    mlp_ratio=c.mlp_ratio,
                    norm_eps=1e-6,
                    shared_aln=c.shared_aln,
                    attn_l2_norm=c.l2,
                    cond_drop_rate=0.0,  # forward() would drop labels at random, in eval mode too
                    patch_nums=c_tuple(patch_nums),
                )
        finally:
            torch.nn.init.trunc_normal_ = self._trunc_normal
        for p in m.parameters():
            p.requires_grad_(False)
        return m.to(device).eval()

    def free_refiner_of_its_numbers(self, patch_nums):
        """
        CoDe's refiner has the ends of the ten scales of 256 px written into it, and takes the first scale to be one
        token. We compile that function once more with the ends of the scales at hand; not a line else changes.
        """
        ends = np.cumsum([p * p for p in patch_nums]).tolist()
        name = self.refine.__name__
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(self.refine)))
        for old, new in (
            ("[1,5,14,30,55,91,155,255,424,680]", repr(ends)),
            ("lvl_pos[:,1:pindex]", "lvl_pos[:,self.first_l:pindex]"),
        ):
            if source.count(old) != 1:
                sys.exit(f"{self.code}: {name} has no single '{old}': another version of CoDe than this script knows")
            source = source.replace(old, new)
        # names such as sample_with_top_k_top_p_ must go on being looked up in the module, where check.py listens
        made = {}
        exec(compile(source, f"<{name} for {patch_nums}>", "exec"), self.var.__dict__, made)
        setattr(self.VAR, name, made[name])


def c_tuple(values):
    return tuple(int(v) for v in values)


@contextlib.contextmanager
def quiet():
    """The constructors print."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


# --- weights --------------------------------------------------------------------------------------------------------


def fill(module: torch.nn.Module, seed: int, grid: Optional[str] = None, std=None):
    """
    Seeded weights under which every tensor matters. The original's own initialisation would hide mistakes: its gates
    are about zero, its biases zero and its head next to nothing. ``grid`` ("fp16", "bf16") rounds them so that
    storing them in that type loses nothing. ``std`` is a function as :func:`spread`.
    """
    std = std or spread
    l2 = any(n.endswith("scale_mul_1H11") for n, _ in module.named_parameters())
    last = None
    for index, (name, p) in enumerate(list(module.named_parameters())):
        g = torch.Generator(device="cpu").manual_seed(seed * 100003 + index)
        mean, amp = std(name, p, l2)
        values = torch.empty(p.shape).uniform_(-1, 1, generator=g).mul_(amp * math.sqrt(3)).add_(mean)
        if name.endswith("scale_mul_1H11"):
            last = name
        if not l2 and name.endswith("mat_qkv.weight"):
            values[: 2 * p.shape[1]].mul_(2.5)  # without the norm the scores are divided by 4·√(head size)
        if grid:
            values = values.to({"fp16": torch.float16, "bf16": torch.bfloat16}[grid]).float()
        p.data.copy_(values)
    if last:  # above ln 100: the clamp must act
        dict(module.named_parameters())[last].data[0, -1] = 5
    hits = dict(module.named_buffers()).get("quantize.ema_vocab_hit_SV")
    if hits is not None:
        hits.copy_(torch.rand(hits.shape, generator=torch.Generator().manual_seed(seed)).mul_(40).round_())
    return module


def spread(name: str, p: torch.Tensor, l2: bool) -> Tuple[float, float]:
    """Mean and standard deviation of a parameter by its name."""
    end = name.rsplit(".", 1)[-1]
    fan = p[0].numel() if p.dim() > 1 else p.numel()
    if end in ("pos_start", "pos_1LC"):
        return 0, 0.3
    if end == "ada_gss":
        return 0, 0.25
    if end == "scale_mul_1H11":
        return 1.5, 0.6
    if end in ("q_bias", "v_bias"):
        return 0, 0.2
    if end == "bias":
        if "ada_lin" in name:
            return 0, 0.2
        return 0, 0.3 if name == "head.bias" else 0.06 if "quant_resi" in name else 0.1 if "ffn" in name else 0.15
    if "norm" in name:  # a group norm's weight
        return 1, 0.15
    if name in ("lvl_embed.weight", "class_emb.weight"):
        return 0, 0.3 if name[0] == "l" else 0.7
    if name == "quantize.embedding.weight":
        return 0, 0.6
    gain = 1.0
    for part, value in (
        ("word_embed", 0.7),
        ("fc2", 1.5),
        ("head.weight", 1.5),
        ("ada_lin", 1.1),
        ("conv1", 1.2),
        ("conv2", 0.7),
        ("qkv.weight", 1.0),
        ("encoder.conv_out", 2.5),
        ("proj_out", 0.8),
    ):
        if part in name:
            gain = value
            break
    return 0, gain / math.sqrt(fan)


# --- safetensors, by hand: eight bytes of length, a JSON header, the bytes ------------------------------------------

_DTYPES = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
    "I16": np.int16,
    "I8": np.int8,
    "U8": np.uint8,
    "BOOL": np.bool_,
}
_NAMES = {np.dtype(v): k for k, v in _DTYPES.items()}


def write_safetensors(path: str, tensors: Dict[str, object], metadata: Optional[Dict[str, str]] = None):
    """Writes numpy arrays and torch tensors."""
    header, data, at = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name, t in tensors.items():
        if isinstance(t, torch.Tensor):
            t = t.detach().cpu().contiguous()
            if t.dtype == torch.bfloat16:
                kind, a = "BF16", t.view(torch.int16).numpy()
            else:
                a = t.numpy()
                kind = _NAMES[a.dtype]
        else:
            a = np.asarray(t, order="C")
            kind = _NAMES[a.dtype]
        header[name] = {"dtype": kind, "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
        data.append(a)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)))
        f.write(text)
        for a in data:
            f.write(a.tobytes())


def read_safetensors(path: str) -> Dict[str, np.ndarray]:
    """All tensors of a file; BF16 as float32."""
    with open(path, "rb") as f:
        (n,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(n))
    body = np.memmap(path, mode="r", dtype=np.uint8, offset=8 + n) if os.path.getsize(path) > 8 + n else b""
    out = {}
    for name, e in header.items():
        if name == "__metadata__":
            continue
        raw = body[e["data_offsets"][0] : e["data_offsets"][1]]
        raw = np.frombuffer(bytes(raw), np.uint8)
        if e["dtype"] == "BF16":
            a = (raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            a = raw.view(_DTYPES[e["dtype"]])
        out[name] = a.reshape(e["shape"])
    return out


def cpu_name() -> str:
    try:
        with open("/proc/cpuinfo") as f:
            for line in f:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    import platform

    return platform.processor() or platform.machine()
