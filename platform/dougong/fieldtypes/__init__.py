"""Field types: everything the platform knows about each kind of value, one file a type."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.types import TypeEngine

from dougong.fieldtypes.address import AddressType
from dougong.fieldtypes.barcode import BarcodeType
from dougong.fieldtypes.base import FieldType
from dougong.fieldtypes.boolean import BooleanType
from dougong.fieldtypes.choice import ChoiceType
from dougong.fieldtypes.choices import ChoicesType
from dougong.fieldtypes.colour import ColourType
from dougong.fieldtypes.date_ import DateType
from dougong.fieldtypes.datetime_ import DateTimeType
from dougong.fieldtypes.decimal_ import DecimalType
from dougong.fieldtypes.department import DepartmentType
from dougong.fieldtypes.departments import DepartmentsType
from dougong.fieldtypes.duration import DurationType
from dougong.fieldtypes.email import EmailType
from dougong.fieldtypes.embed import EmbedType
from dougong.fieldtypes.file import FileType
from dougong.fieldtypes.images import ImagesType
from dougong.fieldtypes.integer import IntegerType
from dougong.fieldtypes.json_ import JsonType
from dougong.fieldtypes.link import LinkType
from dougong.fieldtypes.links import LinksType
from dougong.fieldtypes.location import LocationType
from dougong.fieldtypes.long_text import LongTextType
from dougong.fieldtypes.member import MemberType
from dougong.fieldtypes.members import MembersType
from dougong.fieldtypes.money import MoneyType
from dougong.fieldtypes.percent import PercentType
from dougong.fieldtypes.phone import PhoneType
from dougong.fieldtypes.rating import RatingType
from dougong.fieldtypes.rich_text import RichTextType
from dougong.fieldtypes.serial import SerialType
from dougong.fieldtypes.signature import SignatureType
from dougong.fieldtypes.stage import StageType
from dougong.fieldtypes.table import TableType
from dougong.fieldtypes.tags import TagsType
from dougong.fieldtypes.text import TextType
from dougong.fieldtypes.time_ import TimeType
from dougong.fieldtypes.url import UrlType
from dougong.model.field import Field

_ALL: tuple[FieldType, ...] = (
    TextType(),
    LongTextType(),
    RichTextType(),
    IntegerType(),
    DecimalType(),
    MoneyType(),
    PercentType(),
    BooleanType(),
    DateType(),
    DateTimeType(),
    TimeType(),
    DurationType(),
    ChoiceType(),
    ChoicesType(),
    TagsType(),
    RatingType(),
    ColourType(),
    EmailType(),
    PhoneType(),
    UrlType(),
    AddressType(),
    LocationType(),
    MemberType(),
    MembersType(),
    DepartmentType(),
    DepartmentsType(),
    LinkType(),
    LinksType(),
    TableType(),
    FileType(),
    ImagesType(),
    SignatureType(),
    SerialType(),
    BarcodeType(),
    StageType(),
    JsonType(),
    EmbedType(),
)

TYPES: Mapping[str, FieldType] = MappingProxyType({each.id: each for each in _ALL})
"""Every field type by its id, in the order in which a designer offers them."""


def column_of(field: Field) -> TypeEngine[Any] | None:
    """The type of the column that holds the values of a field; None where there is none."""
    return None if field.is_virtual else TYPES[field.type].column(field)
