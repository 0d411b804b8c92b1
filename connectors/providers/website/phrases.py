"""The few words that the pages bring themselves, by language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """`more_at` takes a host, `updated` a date."""

    older: str
    newer: str
    pinned: str
    read_on: str
    all_news: str
    more_at: str
    updated: str
    empty: str
    follow: str


ENGLISH = Phrases(
    older="Older posts",
    newer="Newer posts",
    pinned="Pinned",
    read_on="Read on",
    all_news="All news",
    more_at="More at {}",
    updated="Updated {}",
    empty="Nothing here yet.",
    follow="Follow",
)

BY_LANGUAGE = {
    "en": ENGLISH,
    "de": Phrases(
        older="Ältere Beiträge",
        newer="Neuere Beiträge",
        pinned="Angeheftet",
        read_on="Weiterlesen",
        all_news="Alle Neuigkeiten",
        more_at="Mehr auf {}",
        updated="Aktualisiert am {}",
        empty="Noch nichts zu lesen.",
        follow="Folgen",
    ),
    "es": Phrases(
        older="Entradas anteriores",
        newer="Entradas más recientes",
        pinned="Fijado",
        read_on="Seguir leyendo",
        all_news="Todas las noticias",
        more_at="Más en {}",
        updated="Actualizado el {}",
        empty="Todavía no hay nada.",
        follow="Seguir",
    ),
    "fr": Phrases(
        older="Articles plus anciens",
        newer="Articles plus récents",
        pinned="Épinglé",
        read_on="Lire la suite",
        all_news="Toutes les actualités",
        more_at="En savoir plus sur {}",
        updated="Mis à jour le {}",
        empty="Rien pour le moment.",
        follow="Suivre",
    ),
}


def phrases(language: str) -> Phrases:
    """The words in *language* (“en”, “de”); English where we have none."""
    return BY_LANGUAGE.get(language, ENGLISH)
