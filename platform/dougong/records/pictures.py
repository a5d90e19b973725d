"""Pictures that people upload: read with care, drawn anew, and made small for lists."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPT: Final = "image/jpeg,image/png,image/webp,image/gif"
MOST_PIXELS: Final = {"JPEG": 64_000_000, "PNG": 32_000_000, "WEBP": 32_000_000, "GIF": 16_000_000}
"""A JPEG is decoded at the scale that is needed; the others are decoded whole, at up to four bytes a pixel."""
SMALL: Final = 320
"""The longest side of a thumbnail, in pixels."""
_QUALITY: Final = 85
_ENDINGS: Final = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
}


class NoPicture(Exception):
    """What was uploaded cannot be taken as a picture; `code` says why: picture_kind, picture_broken or picture_large."""

    def __init__(self, code: str, limit: int = 0) -> None:
        self.code, self.limit = code, limit
        super().__init__(code)


def redraw(path: Path, longest: int, only: str = "") -> tuple[str, str]:
    """Put the picture that a file holds in its place, upright and without anything else that stood in it.

    Returns the media type and the ending that a name should have; `only` is the one format to write.
    """
    picture, kind = _opened(path, longest)
    kind = only or ("PNG" if kind == "GIF" else kind)
    _write(picture, path, kind)
    return _ENDINGS[kind]


def small(path: Path) -> Path:
    """The thumbnail of a stored picture, made when it is first asked for; NoPicture when the file holds none."""
    found = small_path(path)
    if not found.is_file():
        picture, kind = _opened(path, SMALL)
        _write(picture, found, "PNG" if kind == "GIF" else kind)
    return found


def small_path(path: Path) -> Path:
    """Where the thumbnail of a stored picture lies."""
    return path.with_suffix(".small")


def _opened(path: Path, longest: int) -> tuple[Image.Image, str]:
    """The picture, no larger than asked for, and its format; nothing of what a file says about itself is believed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as source:
                kind = str(source.format)
                _check_size(source, kind)
                if isinstance(source, ImageFile.ImageFile) and kind == "JPEG":
                    source.draft("RGB", (longest, longest))
                source.seek(0)
                upright = ImageOps.exif_transpose(source)
                return _plain(upright, longest), kind
    except UnidentifiedImageError:
        raise NoPicture("picture_kind") from None
    except Image.DecompressionBombError:
        raise NoPicture("picture_large", max(MOST_PIXELS.values()) // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError):
        raise NoPicture("picture_broken") from None


def _check_size(source: Image.Image, kind: str) -> None:
    width, height = source.size
    most = MOST_PIXELS[kind]
    if width * height > most:
        raise NoPicture("picture_large", most // 1_000_000)


def _plain(picture: Image.Image, longest: int) -> Image.Image:
    """The pixels alone, in the colours of the web."""
    seen = picture.has_transparency_data
    profile = picture.info.get("icc_profile")
    found = picture.convert("RGBA" if seen else "RGB") if picture.mode not in ("RGB", "RGBA") else picture
    if profile and picture.mode in ("RGB", "RGBA"):
        found = _in_web_colours(found, profile)
    found.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    bare = Image.new(found.mode, found.size)
    bare.paste(found)
    return bare


def _in_web_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def _write(picture: Image.Image, path: Path, kind: str) -> None:
    """Write beside the place and move it there when it is complete."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.draw")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            if kind == "PNG":
                picture.save(target, "PNG", optimize=True)
            else:
                flat = picture if kind == "WEBP" else picture.convert("RGB")
                flat.save(target, kind, quality=_QUALITY)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
