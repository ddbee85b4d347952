"""Which tier is above which, from names alone."""

import pytest

from metrics.tiers.order import fold_tier, tier_order
from metrics.tiers.tiers import ranked


@pytest.mark.parametrize(
    "order",
    [
        [],
        ["Gold"],
        ["Level 2", "Level 9", "Level 10"],
        ["V2", "V10"],
        ["VIP2", "VIP 3", "vip-10"],
        ["LV.1", "LV.2", "LV.11"],
        ["2", "10"],
        ["1星", "2星", "10星"],
        ["一级会员", "二级会员", "十级会员"],
        ["Tier I", "Tier II", "Tier IV", "Tier IX"],
        ["Bronze", "SILVER", "gold"],
        ["Silver member", "Gold Member", "Platinum member"],
        ["普通会员", "银卡会员", "金卡会员", "钻石会员"],
        ["Bronce", "Plata", "Oro"],
        ["Silver 1", "Silver 2", "Gold", "Gold 1"],
        ["Member", "VIP 1", "VIP 2"],
    ],
)
def test_names_that_tell(order: list[str]) -> None:
    assert tier_order(sorted(order)) == order
    assert ranked(sorted(order)) == order


@pytest.mark.parametrize(
    "tiers",
    [
        ["Explorer", "Voyager"],
        ["Gold", "Star"],
        ["VIP", "VIP 1"],
        ["Level 1", "Grade 2"],
        ["Basic", "Member"],  # both name the lowest
        ["2025 Q1", "2025 Q2"],
    ],
)
def test_names_that_do_not_tell(tiers: list[str]) -> None:
    assert tier_order(tiers) is None
    assert ranked(tiers) == sorted(tiers)


@pytest.mark.parametrize("spelling", ["Level 2", "LEVEL 2", "level2", "Level-2", " Level  2 ", "Ｌｅｖｅｌ２"])
def test_spellings_of_one_tier(spelling: str) -> None:
    assert fold_tier(spelling) == "level2"
