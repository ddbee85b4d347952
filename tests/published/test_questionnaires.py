"""Published figures of the analyses of questionnaires."""

import gzip
import importlib.util
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from metrics.survey import pls
from metrics.survey.correlations import sums
from metrics.survey.drivers import drivers
from metrics.survey.importance import r_squared, relative_weights, shapley
from metrics.survey.kano import category, kano
from metrics.survey.reliability import alpha, with_interval
from tests.metrics.frames import answer_rows, lazy

# Henderson & Velleman 1981, Biometrics 37:391–411: mpg, cyl, disp, hp, gear of 32 cars
CARS = """21 6 160 110 4|21 6 160 110 4|22.8 4 108 93 4|21.4 6 258 110 3|18.7 8 360 175 3|18.1 6 225 105 3
14.3 8 360 245 3|24.4 4 146.7 62 4|22.8 4 140.8 95 4|19.2 6 167.6 123 4|17.8 6 167.6 123 4|16.4 8 275.8 180 3
17.3 8 275.8 180 3|15.2 8 275.8 180 3|10.4 8 472 205 3|10.4 8 460 215 3|14.7 8 440 230 3|32.4 4 78.7 66 4
30.4 4 75.7 52 4|33.9 4 71.1 65 4|21.5 4 120.1 97 3|15.5 8 318 150 3|15.2 8 304 150 3|13.3 8 350 245 3
19.2 8 400 175 3|27.3 4 79 66 4|26 4 120.3 91 5|30.4 4 95.1 113 5|15.8 8 351 264 5|19.7 6 145 175 5
15 8 301 335 5|21.4 4 121 109 4"""


def test_relative_weights_and_lmg_of_cars() -> None:
    """R packages rwa and relaimpo, on mtcars: mpg by cyl, disp, hp, gear."""
    cars = np.array([row.split() for row in CARS.replace("\n", "|").split("|")], float)
    assert cars.shape == (32, 5)
    r = np.corrcoef(cars.T)
    within, with_outcome = r[1:, 1:], r[1:, 0]
    assert r_squared(within, with_outcome) == pytest.approx(0.7791896, abs=5e-8)
    weights = [0.2284797, 0.2221469, 0.2321744, 0.0963886]
    assert relative_weights(within, with_outcome) == pytest.approx(weights, abs=5e-8)
    assert shapley(within, with_outcome) == pytest.approx([0.2470520, 0.2434996, 0.2109129, 0.0777251], abs=5e-8)


def of_values(values: np.ndarray, missing: str) -> tuple[float, float, float]:
    """α with its interval."""
    found = sums(values, np.ones(len(values)), np.arange(len(values)), missing).whole()
    n = len(values) if missing == "pairwise" else int((~np.isnan(values).any(axis=1)).sum())
    told = with_interval(float(alpha(found.covariance)[0]), n, values.shape[1])
    return told.alpha, told.low, told.high


@pytest.mark.parametrize(
    ("name", "missing", "figures"),
    [
        ("cronbach_alpha", "pairwise", (0.5917, 0.195, 0.840)),
        ("cronbach_wide_missing", "pairwise", (0.7327, 0.435, 0.909)),
    ],
)
def test_alpha_as_pingouin_documents_it(name: str, missing: str, figures: tuple[float, float, float]) -> None:
    """The docstring of pingouin.cronbach_alpha; its data come with the package, which only tests may use (GPL)."""
    package = importlib.util.find_spec("pingouin")
    if package is None or package.origin is None:
        pytest.skip("pingouin is not installed")
    rows = pl.read_csv(Path(package.origin).parent / "datasets" / f"{name}.csv")
    if name == "cronbach_alpha":
        rows = rows.pivot("Items", index="Subj", values="Scores").drop("Subj")
    assert of_values(rows.cast(pl.Float64).to_numpy(), missing) == pytest.approx(figures, abs=5e-4)


BLOCKS = {
    "Image": ("IMAG", 5), "Expectation": ("CUEX", 3), "Quality": ("PERQ", 7), "Value": ("PERV", 2), "Satisfaction": ("CUSA", 3),
    "Complaints": ("CUSCO", 0), "Loyalty": ("CUSL", 3),
}  # fmt: skip
PATHS = (
    ("Image", "Expectation"), ("Expectation", "Quality"), ("Expectation", "Value"), ("Quality", "Value"), ("Image", "Satisfaction"),
    ("Expectation", "Satisfaction"), ("Quality", "Satisfaction"), ("Value", "Satisfaction"), ("Satisfaction", "Complaints"),
    ("Image", "Loyalty"), ("Satisfaction", "Loyalty"), ("Complaints", "Loyalty"),
)  # fmt: skip


@pytest.fixture(scope="module")
def mobi(shared: Path) -> tuple[np.ndarray, dict[str, list[int]]]:
    """The answers, and the places of the items of each block."""
    with gzip.open(shared / "data/mobi/mobi.csv.gz") as file:
        rows = pl.read_csv(file.read())
    names = {block: [f"{stem}{n}" for n in range(1, count + 1)] or [stem] for block, (stem, count) in BLOCKS.items()}
    listed = [name for block in names.values() for name in block]
    places = {block: [listed.index(name) for name in own] for block, own in names.items()}
    return rows.select(listed).to_numpy().astype(float), places


@pytest.mark.parametrize(("block", "figure"), [("Image", 0.7228), ("Value", 0.8236)])
def test_standardized_alpha_of_mobi(mobi, block: str, figure: float) -> None:
    values, places = mobi
    assert float(alpha(np.corrcoef(values[:, places[block]].T))) == pytest.approx(figure, abs=5e-5)


@pytest.mark.parametrize(
    ("scheme", "figures"), [("centroid", (0.50471, 0.48347, 0.51255)), ("path", (0.50491, 0.48548, 0.51202))]
)
def test_paths_of_mobi(mobi, scheme: str, figures: tuple[float, ...]) -> None:
    """Tenenhaus et al. 2005, Computational Statistics & Data Analysis 48:159–205, the European index for mobile phones."""
    values, places = mobi
    design = pls.Design(places, PATHS, {}, scheme)
    model = pls.fit(np.corrcoef(values.T), design)
    at = {name: place for place, name in enumerate(design.names)}
    wanted = [("Image", "Expectation"), ("Satisfaction", "Loyalty"), ("Quality", "Satisfaction")]
    assert [model.paths[at[end], at[start]] for start, end in wanted] == pytest.approx(figures, abs=5e-6)


def test_satisfaction_index_of_mobi(mobi) -> None:
    """Weights of the model, divided by the standard deviations: 72.454; equal weights: 71.970."""
    values, places = mobi
    design = pls.Design(places, PATHS, {}, "path")
    weights = pls.score_weights(pls.fit(np.corrcoef(values.T), design).weights, values.std(axis=0, ddof=1))
    own = weights[:, design.names.index("Satisfaction")]
    assert 100 * (own @ values.mean(axis=0) - 1) / 9 == pytest.approx(72.454, abs=5e-4)
    assert 100 * (values[:, places["Satisfaction"]].mean() - 1) / 9 == pytest.approx(71.970, abs=5e-4)


def test_all_cells_of_the_kano_table() -> None:
    """Berger et al. 1993, Center for Quality of Management Journal 2(4), figure 5."""
    cells = "".join(category(have, lack) for have, lack in product(range(1, 6), repeat=2))
    assert cells == "QAAAORIIIMRIIIMRIIIMRRRRQ"
    equal = "".join(category(have, lack, "equal_questionable") for have, lack in product(range(1, 6), repeat=2))
    assert equal == "QAAAORQIIMRIIIMRIIQMRRRRQ"


ANSWERS = {"I like it": 1, "I expect it": 2, "I am neutral": 3, "I can tolerate it": 4, "I dislike it": 5}
FEATURES = {
    "F6": ((91, 19, 9, 160, 49, 30), 0.3943, -0.1004), "F7": ((70, 121, 59, 77, 9, 22), 0.5841, -0.5505),
    "F8": ((78, 122, 66, 62, 7, 23), 0.6098, -0.5732), "F9": ((145, 76, 25, 78, 12, 22), 0.6821, -0.3117),
    "F10": ((18, 174, 90, 42, 7, 27), 0.5926, -0.8148), "F11": ((88, 90, 32, 105, 15, 28), 0.5651, -0.3873),
}  # fmt: skip


def test_six_features_of_transfers(shared: Path) -> None:
    """Counts of A, O, M, I, R, Q, better and worse, where equal answers other than neutral are questionable."""
    with gzip.open(shared / "data/kano/transfers_358.csv.gz") as file:
        rows = pl.read_csv(file.read())
    halves = [name for name in rows.columns if name.endswith("functional")]
    long = rows.select("ID", *halves).unpivot(index="ID", variable_name="item", value_name="said")
    answered = long.select(
        source=pl.lit("x"), response_id="ID", customer_key=pl.lit(None, pl.Int64), item="item",
        score=pl.col("said").replace_strict(ANSWERS, return_dtype=pl.Float64), scale_low=pl.lit(1.0), scale_high=pl.lit(5.0),
    )  # fmt: skip
    found = {row["feature"]: row for row in kano(lazy(answered), variant="equal_questionable").iter_rows(named=True)}
    counts = ("attractive", "performance", "must_be", "indifferent", "reverse", "questionable")
    assert {name: tuple(row[each] for each in counts) for name, row in found.items()} == {
        name: figures for name, (figures, _better, _worse) in FEATURES.items()
    }
    for name, (_counts, better, worse) in FEATURES.items():
        assert (found[name]["better"], found[name]["worse"]) == pytest.approx((better, worse), abs=5e-5)
        assert found[name]["low"] < better < found[name]["high"]


@pytest.fixture(scope="module")
def airport(shared: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The airport survey of 2017: the answers to the items of question 7, and those to the recommendation question."""
    with gzip.open(shared / "data/sfo_survey/2017.csv.gz") as file:
        rows = pl.read_csv(file.read(), infer_schema_length=0, encoding="utf8-lossy")
    score = pl.col("NETPRO").cast(pl.Float64, strict=False)
    rows = rows.with_columns(NETPRO=score).filter(pl.col("NETPRO").is_between(0, 10))
    items = [name for name in rows.columns if name.startswith("Q7") and name != "Q7ALL"]
    long = rows.select("RESPNUM", *items).unpivot(index="RESPNUM", variable_name="item", value_name="score")
    answered = long.with_columns(pl.col("score").cast(pl.Float64, strict=False)).filter(
        pl.col("score").is_between(1, 5)
    )
    ends = {"scale_low": pl.lit(1.0), "scale_high": pl.lit(5.0)}
    asked = answered.select(
        "item", "score", source=pl.lit("x"), response_id="RESPNUM", customer_key=pl.lit(None, pl.Int64), **ends
    )
    said = answer_rows(
        {"source": "x", "feedback_id": key, "score": value}
        for key, value in rows.select("RESPNUM", "NETPRO").iter_rows()
    )
    return asked, said


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_drivers_of_the_airport_survey(airport, missing: str) -> None:
    """14 items explain NETPRO; 490 respondents answered all of them. Weights add up to the R² of the correlations that pandas makes."""
    asked, said = airport
    found = drivers(lazy(asked), scores=lazy(said), missing=missing)
    assert found["item"].n_unique() == found.height == 14
    assert (found["n"][0], found["complete"][0]) == (2712, 490)
    assert found["importance"].sum() == pytest.approx(1)
    assert (found["low"] <= found["importance"]).all()
    assert (found["importance"] <= found["high"]).all()
    wide = asked.pivot("item", index="response_id", values="score")
    both = wide.join(said.select(response_id="feedback_id", outcome="score"), on="response_id").drop("response_id")
    both = both.drop_nulls() if missing == "listwise" else both
    r = both.to_pandas().corr().to_numpy()
    assert found["weight"].sum() == pytest.approx(r[-1, :-1] @ np.linalg.solve(r[:-1, :-1], r[-1, :-1]))
