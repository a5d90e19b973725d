"""The type `stage`: where a record stands on the road of its pipeline."""

from dougong.fieldtypes.choice import ChoiceType
from dougong.fieldtypes.settings import ID, described, own
from dougong.model.text import Text


class StageType(ChoiceType):
    """A stage of a pipeline; the compiler makes the options of the field from the stages."""

    id = "stage"
    virtual = False
    label = Text.of({"zh": "阶段", "en": "Stage"})
    documentation = Text.of(
        {
            "zh": "销售流程等管道中的阶段；新记录从第一个阶段开始，推进时按管道的规则检查。",
            "en": "The stage of a pipeline; a record begins at the first one, "
            "and moves are checked by the rules of the pipeline.",
        }
    )
    icon = "route"
    widget = "stage"
    allows = frozenset({"required", "default"})
    settings = own({"pipeline": described(ID, "管道", "Pipeline")}, ("pipeline",))
