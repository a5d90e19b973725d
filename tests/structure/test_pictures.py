"""Pictures and signatures: what is kept is drawn anew, small and without a trace of its camera; what is no picture is refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from dougong.diagnostics import Refusal
from dougong.records.files import StoredFile, download, thumbnail, upload
from dougong.records.read import read
from dougong.storage.stores.folder import FolderStore
from tests.stored_files import whole
from tests.structure.conftest import Park


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (1600, 900), mode: str = "RGB", **options: Any
) -> bytes:
    found = io.BytesIO()
    image = Image.new(mode, size, (200, 30, 30) if mode == "RGB" else None)
    image.paste((20, 60, 200) if mode == "RGB" else 1, (0, 0, size[0] // 2, size[1] // 2))
    image.save(found, kind, **options)
    return found.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Model] = "Camera 9"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (31.0, 14.0, 20.0)
    return picture(exif=exif.tobytes(), comment=b"secret place")


def send(
    park: Park, folder: Path, content: bytes, name: str = "a.jpg", field: str = "photos", login: str = "root"
) -> StoredFile:
    with park.writing(login) as call:
        return upload(call, FolderStore(folder), "park.site", field, name, io.BytesIO(content))


def stored(park: Park, folder: Path, identifier: str) -> Image.Image:
    with park.reading() as call:
        return drawn(whole(download(call, FolderStore(folder), identifier)))


def drawn(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refused(park: Park, folder: Path, content: bytes, name: str = "a.jpg", field: str = "photos") -> str:
    with pytest.raises(Refusal) as caught:
        send(park, folder, content, name, field)
    assert not [path for path in folder.rglob("*") if path.is_file()]
    return caught.value.problems[0].code


def test_a_photograph_is_upright_small_and_tells_no_place(park: Park, tmp_path: Path) -> None:
    sent = send(park, tmp_path, with_place(), "beach.jpeg")
    assert (sent.name, sent.type) == ("beach.jpg", "image/jpeg")
    with park.reading() as call:
        content = whole(download(call, FolderStore(tmp_path), sent.id))
        small = thumbnail(call, FolderStore(tmp_path), sent.id)
    assert len(content) == sent.size
    found = drawn(content)
    assert found.size == (360, 640)  # turned by the camera's note, and no longer than the field says
    assert not found.getexif()
    assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Camera 9" not in content
    assert b"secret place" not in content
    assert small.file.size < sent.size
    assert max(drawn(whole(small)).size) == 320


@pytest.mark.parametrize(
    ("kind", "mode", "media"),
    [("PNG", "RGB", "image/png"), ("PNG", "P", "image/png"), ("PNG", "1", "image/png"), ("PNG", "I;16", "image/png"),
     ("WEBP", "RGB", "image/webp"), ("GIF", "P", "image/png"), ("JPEG", "CMYK", "image/jpeg"), ("JPEG", "L", "image/jpeg")],
)  # fmt: skip
def test_every_kind_of_picture_is_taken(park: Park, tmp_path: Path, kind: str, mode: str, media: str) -> None:
    found = io.BytesIO()
    Image.new(mode, (50, 40)).save(found, kind)
    sent = send(park, tmp_path, found.getvalue(), f"a.{kind.lower()}")
    assert sent.type == media
    assert stored(park, tmp_path, sent.id).size == (50, 40)


def test_colours_of_a_profile_become_those_of_the_web(park: Park, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = send(park, tmp_path, picture("PNG", (60, 60), icc_profile=profile), "a.png")
    assert "icc_profile" not in stored(park, tmp_path, sent.id).info
    broken = send(park, tmp_path, picture("PNG", (60, 60), icc_profile=b"no profile"), "b.png")
    assert stored(park, tmp_path, broken.id).size == (60, 60)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = [
    pytest.param(SVG, "a.png", "picture_kind", id="svg-named-png"),
    pytest.param(SVG, "a.svg", "picture_kind", id="svg"),
    pytest.param(b"", "a.png", "picture_kind", id="nothing"),
    pytest.param(b"%PDF-1.7 not a picture", "a.jpg", "picture_kind", id="pdf"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a.png", "picture_kind", id="no-header"),
    pytest.param(bomb(60_000, 60_000), "a.png", "picture_large", id="bomb"),
    pytest.param(bomb(2**31 - 1, 2**31 - 1), "a.png", "picture_large", id="huge-bomb"),
    pytest.param(bomb(3000, 3000), "a.png", "picture_broken", id="too-little-data"),
    pytest.param(b"GIF89a\x00", "a.gif", "picture_kind", id="cut-gif"),
    pytest.param(b"8BPS\x00\x01" + b"\0" * 200, "a.jpg", "picture_kind", id="photoshop"),
    pytest.param(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a.jpg", "picture_kind", id="postscript"
    ),
]


@pytest.mark.parametrize(("content", "name", "code"), HOSTILE)
def test_what_is_no_picture_is_refused_and_leaves_nothing(
    park: Park, tmp_path: Path, content: bytes, name: str, code: str
) -> None:
    assert refused(park, tmp_path, content, name) == code


def test_cut_and_oversized_uploads_are_refused(park: Park, tmp_path: Path) -> None:
    whole = picture(size=(800, 800))
    assert refused(park, tmp_path, whole[: len(whole) // 2]) == "picture_broken"
    assert refused(park, tmp_path, b"\xff" * 3_000_001) == "file_too_large"


def test_pictures_are_counted_and_shown_with_their_record(park: Park, tmp_path: Path) -> None:
    ann = park.id_of("ann")
    sent = [send(park, tmp_path, picture("PNG", (30 + each, 30)), f"{each}.png").id for each in range(4)]
    with pytest.raises(Refusal) as caught:
        park.add("site", name="Lake", photos=[{"id": each} for each in sent])
    assert [(each.code, each.path) for each in caught.value.problems] == [("too_many", "photos")]
    made = park.add("site", name="Lake", photos=sent[:2], crew=[ann])
    with park.reading("ann") as call:
        photos = read(call, "park.site", made).values["photos"]
        assert [each["name"] for each in photos] == ["0.png", "1.png"]
        assert whole(thumbnail(call, FolderStore(tmp_path), sent[0]))
    for identifier in (sent[0], sent[3]):
        with park.reading("bob") as call, pytest.raises(Refusal):
            thumbnail(call, FolderStore(tmp_path), identifier)


def test_a_missing_thumbnail_is_made_again(park: Park, tmp_path: Path) -> None:
    sent = send(park, tmp_path, picture())
    with park.reading() as call:
        FolderStore(tmp_path).delete(f"{sent.id}.small")
        assert max(drawn(whole(thumbnail(call, FolderStore(tmp_path), sent.id))).size) == 320


def test_a_signature_is_one_png(park: Park, tmp_path: Path) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (1040, 320), (0, 0, 0, 0)).save(written, "PNG")
    sent = send(park, tmp_path, written.getvalue(), "王伟.png", "signed")
    assert (sent.name, sent.type) == ("王伟.png", "image/png")
    assert stored(park, tmp_path, sent.id).mode == "RGBA"
    photo = send(park, tmp_path, picture(size=(3000, 1000)), "paper.jpg", "signed")
    assert (photo.name, photo.type) == ("paper.png", "image/png")
    assert stored(park, tmp_path, photo.id).size == (1200, 400)
    made = park.add("site", name="Lake", signed=sent.id)
    with park.reading() as call:
        assert [each["name"] for each in read(call, "park.site", made).values["signed"]] == ["王伟.png"]
    with pytest.raises(Refusal):
        park.change("site", made, signed=[sent.id, photo.id])
    assert refused(park, tmp_path / "other", SVG, "sign.png", "signed") == "picture_kind"


def test_files_and_pictures_stand_in_rows(park: Park, tmp_path: Path) -> None:
    with park.writing() as call:
        proof = upload(call, FolderStore(tmp_path), "park.job", "steps.proof", "a.txt", io.BytesIO(b"seen"))
    job = park.add("job", name="j", steps=[{"text": "a"}, {"text": "b", "proof": [proof.id]}])
    with park.reading() as call:
        rows = read(call, "park.job", job).values["steps"]
        assert [[each["name"] for each in row["proof"] or ()] for row in rows] == [[], ["a.txt"]]
        assert whole(download(call, FolderStore(tmp_path), proof.id)) == b"seen"
    with pytest.raises(Refusal) as caught:
        park.change("job", job, steps=[{"proof": [proof.id]}])
    assert [each.path for each in caught.value.problems] == ["steps/0/proof"]
