"""The type `signature`: a name written by hand."""

from typing import Any

from dougong.fieldtypes.file import FileType
from dougong.fieldtypes.settings import own
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST_SIDE = 1200


class SignatureType(FileType):
    """Signed with finger, pen or mouse, or typed by those who cannot draw; kept as one picture of a file store.

    The name of the file tells who signed, so a reader who does not see the picture is told too.
    """

    id = "signature"
    label = Text.of({"zh": "手写签名", "en": "Signature"})
    documentation = Text.of(
        {
            "zh": "用手指、触控笔或鼠标签名，也可以键入姓名；以 PNG 图片保存。",
            "en": "Drawn with finger, pen or mouse, or typed as a name; kept as a PNG picture.",
        }
    )
    icon = "signature"
    widget = "signature"
    settings = own({})

    def most(self, field: Field) -> int:
        return 1

    def example(self, field: Field) -> tuple[dict[str, Any], ...]:
        return ({"id": "s7kQ9x2LmW", "name": "王伟.png", "size": 2048, "type": "image/png"},)
