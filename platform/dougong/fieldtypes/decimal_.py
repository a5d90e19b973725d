"""The type `decimal`: an exact number with a fixed number of decimals."""

from dougong.fieldtypes.numbers import BOUNDS, NumberType, decimals_setting, digits_setting
from dougong.fieldtypes.settings import own
from dougong.model.text import Text


class DecimalType(NumberType):
    """A quantity, rate or measure."""

    id = "decimal"
    virtual = True
    label = Text.of({"zh": "小数", "en": "Decimal"})
    documentation = Text.of(
        {
            "zh": "精确的十进制小数，最多 18 位数字，需要时可设到 30 位；小数位数固定，计算时四舍五入。",
            "en": "An exact decimal of at most 18 digits (up to 30 if set) with a fixed number of decimals; results are rounded half up.",
        }
    )
    icon = "decimal"
    widget = "number"
    settings = own({"decimals": decimals_setting(2), "digits": digits_setting(), **BOUNDS})
