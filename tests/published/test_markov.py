"""Published Markov chains."""

import numpy as np
import pytest

from metrics.statistics.markov import mean_first_passage, settled, value

# Kemeny, Snell & Thompson: the weather in the Land of Oz, rain, nice, snow
OZ = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])


def test_land_of_oz_settles_as_in_grinstead_and_snell_example_11_22() -> None:
    assert settled(OZ) == pytest.approx([0.4, 0.2, 0.4])


def test_land_of_oz_passage_times_are_those_of_grinstead_and_snell_example_11_24() -> None:
    assert mean_first_passage(OZ) == pytest.approx(
        np.array([[5 / 2, 4, 10 / 3], [8 / 3, 5, 8 / 3], [10 / 3, 4, 5 / 2]])
    )


def test_value_of_a_customer_by_recency_is_that_of_pfeifer_and_carraway_2000() -> None:
    """Recency 1 to 4 and lost; chance to buy .3, .2, .15, .05; a purchase brings 40, contacting costs 4; d .2."""
    p = np.zeros((5, 5))
    for state, chance in enumerate((0.3, 0.2, 0.15, 0.05)):
        p[state, 0], p[state, state + 1] = chance, 1 - chance
    p[4, 4] = 1
    reward = np.array([40.0 - 4, -4, -4, -4, 0])
    assert value(p, reward, discount_rate=0.2).round(3).tolist() == [52.320, 5.554, 1.251, -1.820, 0]
