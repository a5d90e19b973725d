"""The type `images`: pictures that were uploaded before, made small and clean on the way in."""

from typing import Any

from dougong.fieldtypes.file import MEGABYTE, FileType
from dougong.fieldtypes.settings import described, own
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

MOST = 50


class ImagesType(FileType):
    """Photographs of a product or of a visit. What is kept is never the upload itself, but its picture, drawn anew."""

    id = "images"
    label = Text.of({"zh": "图片", "en": "Images"})
    documentation = Text.of(
        {
            "zh": "一张或多张图片（JPEG、PNG、WebP、GIF）：上传时重新编码、缩小，并去掉拍摄地点等信息；列表显示缩略图。",
            "en": "Pictures (JPEG, PNG, WebP, GIF): encoded anew and made smaller on upload, without place and other data "
            "of the camera; lists show thumbnails.",
        }
    )
    icon = "photo"
    widget = "images"
    settings = own(
        {
            "max_count": described(
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": 9}, "最多几张", "Most pictures"
            ),
            "longest_side": described(
                {"type": "integer", "minimum": 64, "maximum": 8000, "default": 2560},
                "最长边（像素）",
                "Longest side, in pixels",
                description="Larger pictures are made smaller.",
            ),
            "max_size": described(
                {"type": "integer", "minimum": 1, "maximum": 100 * MEGABYTE, "default": 20 * MEGABYTE},
                "上传的最大字节数",
                "Largest upload, in bytes",
            ),
        }
    )

    def most(self, field: Field) -> int:
        return int(field.extra.get("max_count", 9))

    def example(self, field: Field) -> tuple[dict[str, Any], ...]:
        return ({"id": "p7kQ9x2LmW", "name": "photo.jpg", "size": 2048, "type": "image/jpeg"},)

    def search_text(self, value: Value) -> str:
        return ""
