#!/usr/bin/env python3
"""Writes checkpoints of the original VAR modules in every form that torch can give them, for a check of `tandem convert`
against real torch by hand (the tests write their own files, without Python).

    python3 tools/torch_checkpoints.py VAR_CHECKOUT OUT     # needs torch, safetensors, numpy, huggingface_hub
    tandem convert OUT/NAME -o DIR ...                      # then compare:
    python3 tools/torch_checkpoints.py --compare OUT DIR

A file NAME.sums.json beside each checkpoint has, for every part, tensor -> [dtype, shape, SHA-256] in fp32.
"""
import hashlib, json, os, struct, sys


def digest(t):
    return hashlib.sha256(t.contiguous().numpy().tobytes()).hexdigest()[:16]


def write(checkout, out):
    sys.path.insert(0, checkout)
    import numpy as np
    import torch
    from huggingface_hub import save_torch_state_dict
    from safetensors.torch import save_file
    import dist
    dist.initialize = lambda *a, **k: None
    from models import VAR, VQVAE

    torch.manual_seed(1)
    os.makedirs(out, exist_ok=True)

    def build(patch_nums, qsr=4, depth=2, heads=2, width=64, shared=False, l2=True, V=64, Cvae=8, classes=5):
        vae = VQVAE(vocab_size=V, z_channels=Cvae, ch=32, test_mode=False, share_quant_resi=qsr, v_patch_nums=patch_nums)
        var = VAR(vae, num_classes=classes, depth=depth, embed_dim=width, num_heads=heads, shared_aln=shared,
                  attn_l2_norm=l2, patch_nums=patch_nums)
        for p in list(vae.parameters()) + list(var.parameters()):
            torch.nn.init.normal_(p, std=0.1)
        return vae, var

    def sums(name, parts):
        json.dump({part: {k: [{torch.int64: 'I64'}.get(v.dtype, 'F32'), list(v.shape),
                              digest(v if v.dtype == torch.int64 else v.float())] for k, v in sd.items()}
                   for part, sd in parts.items()}, open(f'{out}/{name}.sums.json', 'w'))

    vae, var = build((1, 2, 3, 4))
    opt = torch.optim.AdamW(var.parameters())
    sum(p.sum() for p in var.parameters()).backward()
    opt.step()
    sd = {k: v.detach() for k, v in var.state_dict().items()}
    vsd = {k: v.detach() for k, v in vae.state_dict().items()}
    trainer = {'epoch': 3, 'iter': 0, 'best': np.float64(0.5), 'when': np.array(3).item(), 'tags': {'a', 'b'},
               'trainer': {'config': {'patch_nums': (1, 2, 3, 4), 'label_smooth': 0.0, 'first_prog': True, 'big': 1 << 70},
                           'var_wo_ddp': var.state_dict(), 'vae_local': vae.state_dict(),
                           'var_opt': {'optimizer': opt.state_dict(), 'scaler': torch.amp.GradScaler('cpu').state_dict()}},
               'args': dict(seed=None, device=torch.device('cpu'), dtype=torch.bfloat16, size=var.pos_1LC.shape)}
    torch.save(trainer, f'{out}/trainer.pth')
    torch.save(trainer, f'{out}/trainer_legacy.pth', _use_new_zipfile_serialization=False)
    for n in ('trainer', 'trainer_legacy'):
        sums(n, {n: sd, n + '_vae': vsd})
    for protocol in (3, 4, 5):
        torch.save(var.state_dict(), f'{out}/protocol{protocol}.pth', pickle_protocol=protocol)
        sums(f'protocol{protocol}', {f'protocol{protocol}': sd})
    vae, _ = build((1, 2, 3, 4, 5, 6, 8, 10, 13, 16))
    vsd = {k: v.detach() for k, v in vae.state_dict().items()}
    torch.save(vae.state_dict(), f'{out}/vae_legacy.pth', _use_new_zipfile_serialization=False)
    sums('vae_legacy', {'vae_legacy': vsd})
    torch.save({'state_dict': {'module._orig_mod.' + k: v for k, v in sd.items()}}, f'{out}/prefixed.ckpt')
    sums('prefixed', {'prefixed': sd})
    torch.save({k: torch.nn.Parameter(v) if v.is_floating_point() else v for k, v in sd.items()}, f'{out}/parameters.pt')
    sums('parameters', {'parameters': sd})
    strided = {k: v.t().contiguous().t() if v.dim() == 2 else v for k, v in sd.items()}
    torch.save(strided, f'{out}/strided.pth')
    sums('strided', {'strided': sd})
    flat = torch.cat([v.flatten() for v in sd.values() if v.is_floating_point()])
    at, views = 0, {}
    for k, v in sd.items():
        views[k] = v
        if v.is_floating_point():
            views[k] = flat[at:at + v.numel()].view(v.shape)
            at += v.numel()
    for n, zipped in (('one_storage', True), ('one_storage_legacy', False)):
        torch.save(views, f'{out}/{n}.pth', _use_new_zipfile_serialization=zipped)
        sums(n, {n: sd})
    for n, dtype in (('double', torch.float64), ('bfloat', torch.bfloat16), ('half', torch.float16)):
        cast = {k: v.to(dtype) if v.is_floating_point() else v for k, v in sd.items()}
        torch.save(cast, f'{out}/{n}.pth')
        sums(n, {n: cast})
    torch.serialization.set_crc32_options(False)
    torch.save(sd, f'{out}/unchecked.pth')
    torch.serialization.set_crc32_options(True)
    sums('unchecked', {'unchecked': sd})
    save_file({k: v.contiguous() for k, v in sd.items()}, f'{out}/plain.safetensors')
    sums('plain', {'plain': sd})
    os.makedirs(f'{out}/sharded', exist_ok=True)
    save_torch_state_dict(dict(vsd), f'{out}/sharded', max_shard_size='4MB', filename_pattern='vae_s{suffix}.safetensors')
    sums('sharded', {'vae_s': vsd})
    for n, options in (('shared_aln', dict(patch_nums=(1, 2, 4), shared=True)),
                       ('no_l2', dict(patch_nums=(1, 3, 3, 7), l2=False, width=128, V=100, Cvae=4, classes=1)),
                       ('qsr0', dict(patch_nums=(1, 2, 3, 4, 6), qsr=0)),
                       ('qsr1', dict(patch_nums=(1, 2, 6), qsr=1, heads=8)),
                       ('qsr3', dict(patch_nums=(1, 2, 6), qsr=3, depth=1))):
        vae, var = build(**options)
        torch.save({'vae.' + k: v for k, v in vae.state_dict().items()} | {'var.' + k: v for k, v in var.state_dict().items()},
                   f'{out}/{n}.pth')
        sums(n, {n: var.state_dict(), n + '_vae': vae.state_dict()})
    torch.save({'state_dict': sd, 'args': __import__('argparse').Namespace(a=1)}, f'{out}/forbidden_namespace.pth')
    torch.save(var, f'{out}/forbidden_module.pth')


def read(path):
    data = open(path, 'rb').read()
    n = struct.unpack('<Q', data[:8])[0]
    head, data = json.loads(data[8:8 + n]), data[8 + n:]
    return {k: [v['dtype'], v['shape'], hashlib.sha256(data[slice(*v['data_offsets'])]).hexdigest()[:16]]
            for k, v in head.items() if k != '__metadata__'}


def compare(out, folder):
    bad = 0
    for f in sorted(os.listdir(out)):
        if f.endswith('.sums.json'):
            for part, expected in json.load(open(f'{out}/{f}')).items():
                path = f'{folder}/{f[:-10]}/{part}.safetensors'
                same = os.path.exists(path) and read(path) == expected
                bad += not same
                print('ok  ' if same else 'DIFFERS', part)
    sys.exit(bad != 0)


if __name__ == '__main__':
    compare(*sys.argv[2:]) if sys.argv[1] == '--compare' else write(*sys.argv[1:])
