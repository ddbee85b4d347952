"""The engines that a metric must give the same numbers on. Each turns a Polars frame into its own lazy frame."""

from collections.abc import Callable, Iterator

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
import pytest

Engine = Callable[[pl.DataFrame], nw.LazyFrame]


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    with duckdb.connect(config={"threads": 2}) as connection:

        def make(frame: pl.DataFrame) -> nw.LazyFrame:
            return nw.from_native(connection.from_arrow(frame.to_arrow()))

        yield make


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[Engine]:
    """Spark in this process' own Java, listening on loopback only, without its web pages."""
    session_type = pytest.importorskip("pyspark.sql", reason="needs requirements-spark.txt").SparkSession
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
    }
    builder = session_type.builder.master("local[2]").appName("rapport-tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def make(frame: pl.DataFrame) -> nw.LazyFrame:
        return nw.from_native(session.createDataFrame(frame.to_arrow()))

    yield make
    session.stop()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn; Polars is what they are compared with."""
    return request.getfixturevalue(f"{request.param}_engine")
