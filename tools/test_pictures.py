"""Makes src/test/resources/pictures: small pictures of many kinds and, in truth.npz, what Pillow makes of each.

    python tools/test_pictures.py src/test/resources/pictures

A row of "stored" is Pillow's convert("RGB") of a file, of "seen" the same picture upright and on white, in the order of the
files' names. Grey of 16 bits is the one exception:
there Pillow cuts off at 255, so that nearly all becomes white; the truth is the upper byte.
"""
import io
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

OUT = sys.argv[1]
W, H = 13, 11
os.makedirs(OUT, exist_ok=True)
rng = np.random.default_rng(14)
y, x = np.mgrid[0:H, 0:W]
RGB = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x * 17 + y * 31) % 256], -1).astype(np.uint8)
GREY = np.asarray(Image.fromarray(RGB).convert("L"))
ALPHA = ((x * 40 + y * 9) % 256).astype(np.uint8)
FINE = (GREY.astype(int) << 8) | rng.integers(0, 256, GREY.shape)
truth = {}


def grey(values):
    return np.repeat(np.asarray(values, np.uint8)[..., None], 3, -1)


def seen(image, stored):
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode[0] in "IF":
        return stored
    if "A" in image.getbands() or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA")).astype(int)
        alpha = rgba[..., 3:]
        return ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.asarray(image.convert("RGB"))


def put(name, content, stored=None):
    with open(os.path.join(OUT, name), "wb") as out:
        out.write(content)
    if stored is None:
        stored = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    truth[name] = stored, seen(Image.open(io.BytesIO(content)), stored)


def save(name, image, kind=None, stored=None, **options):
    out = io.BytesIO()
    usual = {"jpg": "JPEG", "tif": "TIFF", "pgm": "PPM"}
    ending = name.rsplit(".", 1)[1]
    image.save(out, kind or usual.get(ending, ending.upper()), **options)
    put(name, out.getvalue(), stored)


image = Image.fromarray(RGB)
light = image.convert("L")
rgba = image.copy()
rgba.putalpha(Image.fromarray(ALPHA))
la = light.copy()
la.putalpha(Image.fromarray(ALPHA))
palette = image.quantize(16)
cmyk = image.convert("CMYK")

# PNG: all types and depths
for name, im in (("rgb", image), ("rgba", rgba), ("l", light), ("la", la), ("p", palette), ("one", image.convert("1"))):
    save(name + ".png", im)
save("p_clear.png", palette, transparency=3)
save("p_alpha.png", palette, transparency=bytes(range(0, 240, 16)))
save("l_clear.png", light, transparency=int(GREY[5, 5]))
save("rgb_clear.png", image, transparency=tuple(int(v) for v in RGB[5, 5]))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, values, kind, depth, stored, before=b""):
    values = np.asarray(values)
    flat = values.reshape(H, -1)
    if depth == 16:
        rows = [r.astype(">u2").tobytes() for r in flat]
    elif depth == 8:
        rows = [r.astype(np.uint8).tobytes() for r in flat]
    else:
        rows = [np.packbits(((r[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)).tobytes() for r in flat]
    put(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, depth, kind, 0, 0, 0)) + before
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) + chunk(b"IEND", b""), stored)


for depth in (1, 2, 4):
    png(f"l{depth}.png", GREY >> 8 - depth, 0, depth, grey((GREY >> 8 - depth) * (255 // (2**depth - 1))))
    png(f"l{depth}_clear.png", GREY >> 8 - depth, 0, depth, grey((GREY >> 8 - depth) * (255 // (2**depth - 1))),
        chunk(b"tRNS", struct.pack(">H", 1)))
wide = lambda v: np.asarray(v).astype(int) * 257
png("l16.png", FINE, 0, 16, grey(GREY))
png("la16.png", np.stack([FINE, wide(ALPHA)], -1), 4, 16, grey(GREY))
png("rgb16.png", wide(RGB), 2, 16, RGB)
png("rgba16.png", np.concatenate([wide(RGB), wide(ALPHA)[..., None]], -1), 6, 16, RGB)
png("gamma.png", GREY, 0, 8, grey(GREY), chunk(b"gAMA", struct.pack(">I", 100000)))

# profiles: that of a wide gamut, and rubbish
profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
red = {b"rXYZ": (0.51512, 0.2412, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189), b"bXYZ": (0.1571, 0.06657, 0.78407)}
for i in range(struct.unpack(">I", profile[128:132])[0]):
    tag, offset, _ = struct.unpack(">4sII", profile[132 + 12 * i : 144 + 12 * i])
    if tag in red:
        profile[offset + 8 : offset + 20] = struct.pack(">3i", *[round(v * 65536) for v in red[tag]])
for name, icc in (("wide", bytes(profile)), ("bad", b"rubbish" * 30)):
    for ending, more in (("jpg", {}), ("png", {}), ("tif", {}), ("webp", {"lossless": True})):
        save(f"profile_{name}.{ending}", image, icc_profile=icc, **more)
    save(f"profile_{name}_l.jpg", light, icc_profile=icc)

# JPEG
for sub in (0, 1, 2):
    save(f"sub{sub}.jpg", image, subsampling=sub, quality=90)
save("progressive.jpg", image, progressive=True)
save("restart.jpg", image, restart_marker_blocks=1)
save("l.jpg", light)
save("cmyk.jpg", cmyk)
save("rgb.jpg", image, keep_rgb=True)
inks = io.BytesIO()
cmyk.save(inks, "JPEG")
inks = inks.getvalue()
at = inks.find(b"Adobe") + 11
put("ycck.jpg", inks[:at] + b"\2" + inks[at + 1 :])

# EXIF
for turn in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = turn
    save(f"turn{turn}.jpg", image, exif=exif, quality=90)
    save(f"turn{turn}.png", image, exif=exif)
    save(f"turn{turn}.webp", image, exif=exif, lossless=True)
    save(f"turn{turn}.tif", image, tiffinfo={274: turn})

# TIFF
for name in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"):
    save(f"{name}.tif", image, compression=name)
save("fax.tif", image.convert("1"), compression="group4")
save("jpeg.tif", image, compression="jpeg")
save("predictor.tif", image, compression="tiff_lzw", tiffinfo={317: 2})
save("big.tif", image, big_tiff=True)
save("la.tif", la)
save("rgba.tif", rgba)
save("p.tif", palette)
save("one.tif", image.convert("1"))
save("cmyk.tif", cmyk)
save("l16.tif", Image.fromarray(FINE.astype(np.uint16)), stored=grey(GREY))
save("float.tif", Image.fromarray(GREY.astype(np.float32) + 0.4))


def tiff(name, values, photometric, bits, stored, order="<", planar=1, extra=None):
    values = np.asarray(values).reshape(H, W, -1)
    n = values.shape[2]
    kind = order + ("u2" if bits == 16 else "u1")
    parts = [values] if planar == 1 else [values[..., k] for k in range(n)]
    parts = [p.astype(kind).tobytes() for p in parts]
    tags = [(256, W), (257, H), (258, bits), (259, 1), (262, photometric), (273, 0), (277, n), (278, H), (279, 0), (284, planar)]
    if extra is not None:
        tags.append((338, extra))
    body, at, offsets = b"".join(parts), 8, []
    for p in parts:
        offsets.append(at)
        at += len(p)
    body += b"\0" * (len(body) % 2)
    directory, more, beyond = b"", b"", 8 + len(body) + 2 + 12 * len(tags) + 4
    for tag, value in tags:
        numbers = {258: [bits] * n, 273: offsets, 279: [len(p) for p in parts]}.get(tag, [value])
        packed = b"".join(struct.pack(order + "I", v) for v in numbers)
        wide_tag = len(numbers) > 1
        directory += struct.pack(order + "HHII", tag, 4, len(numbers), beyond + len(more) if wide_tag else numbers[0])
        more += packed if wide_tag else b""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(body))
    put(name, head + body + struct.pack(order + "H", len(tags)) + directory + struct.pack(order + "I", 0) + more, stored)


tiff("rgb16_be.tif", wide(RGB), 2, 16, RGB, ">")
tiff("planar.tif", RGB, 2, 8, RGB, planar=2)
tiff("white_is_zero.tif", 255 - GREY, 0, 8, grey(GREY))
tiff("premultiplied.tif", np.concatenate([RGB.astype(int) * ALPHA[..., None] // 255, ALPHA[..., None]], -1), 2, 8, None, extra=1)
tiff("no_alpha.tif", np.concatenate([RGB, ALPHA[..., None]], -1), 2, 8, RGB, extra=0)

# GIF, BMP, PNM, WebP
save("p.gif", palette)
save("l.gif", light)
save("interlaced.gif", palette, interlace=1)
save("clear.gif", palette, transparency=2)
save("frames.gif", palette, save_all=True, append_images=[palette.rotate(180)])
small = io.BytesIO()
palette.crop((0, 0, 5, 4)).save(small, "GIF")
small = bytearray(small.getvalue())
small[6:10] = struct.pack("<HH", W, H)
at = small.find(b"\x2c\0\0\0\0" + struct.pack("<HH", 5, 4))
small[at + 1 : at + 5] = struct.pack("<HH", 3, 2)
put("screen.gif", bytes(small))
save("rgb.bmp", image)
save("l.bmp", light)
save("p.bmp", palette)
save("one.bmp", image.convert("1"))
fives = (RGB[..., 0].astype(int) >> 3 << 10) | (RGB[..., 1].astype(int) >> 3 << 5) | (RGB[..., 2].astype(int) >> 3)
lines = b"".join(r.astype("<u2").tobytes() + b"\0\0" for r in fives[::-1])
put("fives.bmp", b"BM" + struct.pack("<IHHI", 54 + len(lines), 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, W, H, 1, 16, 0, len(lines), 0, 0, 0, 0) + lines)
runs = b"".join(b"".join(bytes([1, int(v) >> 5]) for v in r) + b"\0\0" for r in GREY[::-1]) + b"\0\1"
colours = b"".join(bytes([i * 30, 255 - i * 30, i * 7, 0]) for i in range(8))
put("runs.bmp", b"BM" + struct.pack("<IHHI", 54 + 32 + len(runs), 0, 0, 54 + 32)
    + struct.pack("<IiiHHIIiiII", 40, W, H, 1, 8, 1, len(runs), 0, 0, 8, 0) + colours + runs)
head = b"%d %d " % (W, H)
text = lambda v: b" ".join(b"%d" % n for n in np.asarray(v).reshape(-1))
put("bits.pbm", b"P4 " + head + np.packbits(GREY < 128, axis=1).tobytes())
put("text.pbm", b"P1 # one\n" + head + text((GREY < 128).astype(int)))
put("l.pgm", b"P5 " + head + b"255\n" + GREY.tobytes())
put("l16.pgm", b"P5 " + head + b"65535\n" + wide(GREY).astype(">u2").tobytes(), grey(GREY))
put("rgb.ppm", b"P6\n# one\n" + head + b"255\n" + RGB.tobytes())
put("rgb100.ppm", b"P6 " + head + b"100\n" + (RGB.astype(int) * 100 // 255).astype(np.uint8).tobytes())
put("text1000.ppm", b"P3 " + head + b"1000\n" + text(RGB.astype(int) * 1000 // 255))
save("lossy.webp", image, quality=80)
save("lossy_alpha.webp", rgba, quality=80)
save("lossless_alpha.webp", rgba, lossless=True, exact=True)
save("frames.webp", rgba, save_all=True, append_images=[rgba.rotate(180)], lossless=True)
save("fast.webp", image, quality=60, method=0)

rows = [[np.ascontiguousarray(a).reshape(-1) for a in truth[name]] for name in sorted(truth)]
np.savez_compressed(os.path.join(OUT, "truth.npz"), stored=np.stack([r[0] for r in rows]), seen=np.stack([r[1] for r in rows]))
print(len(truth), "pictures")
