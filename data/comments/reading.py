"""What a comment is about and how it speaks of it: a list of themes, each with its tone.

A comment is cut into sentences and clauses, its words are looked up in the lexicon of the trade (the longest phrase first, Chinese
segmented by rjieba), and what is said is given to the theme it stands beside. Without a network, without chance: the same text gives the
same themes on every machine.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

import rjieba

from data.comments.lexicon import BAD, FAIR, GOOD, Lexicon, Sense, lexicon

CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH_WORD = re.compile(r"[a-z0-9é]+(?:['-][a-z0-9é]+)*|[^\sa-z0-9é'-]|\s-+\s")
NEGATED = re.compile(r"^(?:[a-z]+n't|cant|dont|doesnt|didnt|isnt|wasnt|arent|werent|wont|wouldnt|couldnt)$")
SENTENCE, CLAUSE = ".", ","  # what stands for all that ends one
ENDS = {**dict.fromkeys(".!?。！？;；\n…~～", SENTENCE), **dict.fromkeys(",，、:：()（）—–/|", CLAUSE)}
LONGEST = 4_000  # characters of a comment that are read
LONGEST_PHRASE = 8  # words
BLAME = 1.5  # what a word of blame weighs beside one of praise
REACH = 3  # how many words before a word turn it
DEGREES = "很太超好挺真最更蛮巨贼特略稍不没"
ENDINGS = "了的得地着吧呢啊哦呀哈"
UNKNOWN = Sense()


@dataclass
class Clause:
    """The themes that a clause names, at their places, and what it says, at its places: (place, theme or "", tone)."""

    named: list[tuple[int, str]] = field(default_factory=list)
    said: list[tuple[int, str, int]] = field(default_factory=list)


class Reader:
    """Reads the comments of a trade."""

    def __init__(self, trade: str) -> None:
        self._lexicon: Lexicon = lexicon(trade)
        self._known: dict[str, tuple[str, ...]] = {}

    def read(self, comment: str) -> list[tuple[str, int]]:
        """The themes that a comment names, each with its tone: 1 praise, −1 blame, 0 neither or both; in the order of the table."""
        text = unicodedata.normalize("NFKC", comment[:LONGEST]).lower().replace("’", "'")
        tones: dict[str, list[int]] = defaultdict(list)
        everything: list[int] = []
        for clauses in self._sentences(text):
            all_said = [tone for clause in clauses for _place, _theme, tone in clause.said]
            everything += all_said
            for theme, said in _judged(clauses).items():
                tones[theme] += said or all_said
        return [(theme, _tone(tones[theme] or everything)) for theme in self._lexicon.themes if theme in tones]

    def _sentences(self, text: str) -> list[list[Clause]]:
        """The clauses of each sentence."""
        words, places, sentences = [], [], []
        clauses: list[Clause] = []
        known, place = self._known, 0
        for each in rjieba.cut(text) if CHINESE.search(text) else ENGLISH_WORD.findall(text):
            found = known.get(each)
            if found is None:
                found = known[each] = self._resolved(each)
            for word in found:
                place += 1
                if word not in (SENTENCE, CLAUSE):
                    words.append(word)
                    places.append(place)
                    continue
                if words:
                    self._read_clause(words, places, clauses)
                    words, places = [], []
                if word == SENTENCE and clauses:
                    sentences.append(clauses)
                    clauses = []
            place += not found
        if words:
            self._read_clause(words, places, clauses)
        return [*sentences, clauses] if clauses else sentences

    def _resolved(self, word: str) -> tuple[str, ...]:
        """A word as the lexicon has it: in another number, or as the words that it is put together from; none where it says nothing."""
        senses, beginnings = self._lexicon.senses, self._lexicon.beginnings
        if word in senses or word in beginnings or word in self._lexicon.inner:
            return (word,)
        if word.strip(" -") == "" or word in ENDS:
            return (ENDS.get(word) or CLAUSE,) if word.strip(" ") else ()
        if word.isascii():
            if NEGATED.match(word):
                return ("not",)
            return next(((other,) for other in _other_numbers(word) if other in senses or other in beginnings), ())
        if len(word) > 1 and word[0] in DEGREES and word[1:] in senses:
            return (word[0], word[1:])
        if len(word) > 1 and word[-1] in ENDINGS and word[:-1] in senses:
            return (word[:-1],)
        return self._inside(word)

    def _inside(self, word: str) -> tuple[str, ...]:
        """The words of two characters and more that an unknown one holds, the longest first from its beginning."""
        found, start = [], 0
        while start < len(word):
            lengths = range(len(word) - start, 1, -1)
            length = next((size for size in lengths if word[start : start + size] in self._lexicon.senses), 1)
            if length > 1:
                found.append(word[start : start + length])
            start += length
        return tuple(found)

    def _read_clause(self, words: list[str], places: list[int], clauses: list[Clause]) -> None:
        clause, turned, number = Clause(), -REACH - 1, 0
        while number < len(words):
            sense, length = self._longest(words, places, number)
            place, end = places[number], places[number + length - 1]
            if sense.parts and (clause.named or clause.said):
                clauses.append(clause)
                clause = Clause()
            number += length
            if sense.kept:
                turned = -REACH - 1
            elif sense.themes or sense.tone is not None:
                degree = words[number - 1] in DEGREES and number < len(words) and places[number] == end + 1
                if degree and self._says(words[number]):  # as in “so cheap”, which is not “good and cheap”
                    continue
                turns = place - turned <= REACH
                _note(clause, sense, end, turns=turns)
                if turns and _says(sense):
                    turned = -REACH - 1
            elif sense.turns:
                turned = end
        clauses.append(clause)

    def _says(self, word: str) -> bool:
        return _says(self._lexicon.senses.get(word, UNKNOWN))

    def _longest(self, words: list[str], places: list[int], number: int) -> tuple[Sense, int]:
        """The sense of the longest phrase that begins there, and how many words it takes."""
        senses, beginnings = self._lexicon.senses, self._lexicon.beginnings
        text = words[number]
        best, length, size = senses.get(text, UNKNOWN), 1, 1
        while text in beginnings and size < LONGEST_PHRASE:
            after = number + size
            if after >= len(words) or places[after] != places[number] + size:
                break
            word = words[after]
            text = f"{text} {word}" if word.isascii() and text.isascii() else text + word
            size += 1
            if text in senses:
                best, length = senses[text], size
        return best, length


def _says(sense: Sense) -> bool:
    """Whether it praises or blames."""
    return sense.tone is not None or any(tone is not None for tone in sense.themes.values())


def _note(clause: Clause, sense: Sense, place: int, *, turns: bool) -> None:
    def turned(tone: int) -> int:
        return (-tone or -1) if turns else tone

    for theme, tone in sense.themes.items():
        clause.named.append((place, theme))
        if tone is not None:
            clause.said.append((place, theme, turned(tone)))
    if sense.tone is not None and not any(tone is not None for tone in sense.themes.values()):
        clause.said.append((place, "", turned(sense.tone)))


def _judged(clauses: list[Clause]) -> dict[str, list[int]]:
    """The themes of a sentence and what it says of each. What stands beside no theme belongs to those of the clause before it that
    nothing was said of yet."""
    tones: dict[str, list[int]] = {}
    open_themes: list[str] = []
    for clause in clauses:
        if not clause.named:
            for theme in open_themes:
                tones[theme] += [tone for _place, _theme, tone in clause.said]
            if clause.said:
                open_themes = []
            continue
        spoken: set[str] = set()
        for place, theme, tone in clause.said:
            own = theme or min(clause.named, key=lambda named: (abs(named[0] - place), named[0] > place))[1]
            tones.setdefault(own, []).append(tone)
            spoken.add(own)
        rest = [theme for _place, theme in clause.named if theme not in spoken]
        free = [tone for _place, theme, tone in clause.said if not theme]
        for theme in dict.fromkeys(rest):
            tones.setdefault(theme, []).extend(free)
        open_themes = [] if free else list(dict.fromkeys(rest))
    return tones


def _tone(said: list[int]) -> int:
    """The tone that most of it has, blame counting half as much again (bad weighs more than good: Baumeister et al. 2001, Review of General
    Psychology 5:323–370); neither where both are even, or lukewarm words outnumber them."""
    good, bad, fair = said.count(GOOD), BLAME * said.count(BAD), said.count(FAIR)
    if fair > max(good, bad):
        return FAIR
    return (good > bad) - (bad > good)


def _other_numbers(word: str) -> list[str]:
    found = [word + "s"]
    if word.endswith("'s"):
        found.append(word[:-2])
    if word.endswith("s"):
        found.append(word[:-1])
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("es"):
        found.append(word[:-2])
    return found
