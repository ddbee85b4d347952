"""Comments in English and Chinese, put together from the sentences in comments.toml by topic and tone."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from data.demo.world import LANGUAGES

TONES = ("bad", "fair", "good")
ANSWER_TOPICS = ("late", "stock_out", "poor_staff", "good_staff", "support", "app", "delivered", "goods")
CLOSING_SHARE = 0.5
BETWEEN_SENTENCES = {"en": " ", "zh": ""}
STORE_NAMES_ZH = {
    "Shanghai Xuhui": "上海徐汇",
    "Shanghai Pudong": "上海浦东",
    "Hangzhou Xihu": "杭州西湖",
    "Nanjing Gulou": "南京鼓楼",
    "Guangzhou Tianhe": "广州天河",
    "Shenzhen Nanshan": "深圳南山",
    "Xiamen Siming": "厦门思明",
    "Beijing Chaoyang": "北京朝阳",
    "Beijing Haidian": "北京海淀",
    "Tianjin Heping": "天津和平",
    "Chengdu Jinjiang": "成都锦江",
    "Chongqing Yuzhong": "重庆渝中",
}


@cache
def sentences() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Topic (or "closing") → tone → language → sentences."""
    return tomllib.loads((Path(__file__).parent / "comments.toml").read_text(encoding="utf-8"))


def comments(
    topic: np.ndarray, tone: np.ndarray, language: np.ndarray, store: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """One comment per row. `topic`, `tone` and `language` are places in ANSWER_TOPICS, TONES and LANGUAGES."""
    first, closing, closes = rng.random(len(topic)), rng.random(len(topic)), rng.random(len(topic)) < CLOSING_SHARE
    text = np.empty(len(topic), dtype=object)
    kind = (topic * len(TONES) + tone) * len(LANGUAGES) + language
    for group in np.unique(kind):
        rows = np.flatnonzero(kind == group)
        about, said = divmod(int(group), len(TONES) * len(LANGUAGES))
        mood, code = TONES[said // len(LANGUAGES)], LANGUAGES[said % len(LANGUAGES)]
        lines = _choose(sentences()[ANSWER_TOPICS[about]][mood][code], first[rows])
        if ANSWER_TOPICS[about].endswith("_staff"):
            lines = _with_stores(lines, store[rows], code)
        ending = np.where(closes[rows], _choose(sentences()["closing"][mood][code], closing[rows]), "")
        between = np.where(closes[rows], BETWEEN_SENTENCES[code], "")
        text[rows] = lines + between.astype(object) + ending.astype(object)
    return text


def _choose(lines: list[str], luck: np.ndarray) -> np.ndarray:
    return np.array(lines, dtype=object)[(luck * len(lines)).astype(np.int64)]


def _with_stores(lines: np.ndarray, store: np.ndarray, language: str) -> np.ndarray:
    names = [STORE_NAMES_ZH[shop] if language == "zh" else shop for shop in store]
    filled = [line.replace("{store}", name) for line, name in zip(lines, names, strict=True)]
    return np.array(filled, dtype=object)
