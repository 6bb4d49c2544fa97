"""The trained model: the same three tables on real input."""

from __future__ import annotations

from attnproof.reports.page.figures import heads, interventions
from attnproof.reports.page.load import MODEL_TABLES, Results
from attnproof.reports.page.section import Section, fill, slug
from attnproof.reports.page.sections.headlines import headlines, model_headlines


def section(results: Results) -> Section:
    """Figures and the model's own summary, or a sentence when the model was not part of the run."""
    tables = {name: results.tables[name] for name in MODEL_TABLES if results.tables[name]}
    known = {claim["id"] for claim in results.claims}
    return Section(
        "model",
        "A trained model",
        fill(
            "model.html.j2",
            summary=results.model,
            tables=tables,
            headlines=[
                *(sentence for name, rows in tables.items() for sentence in headlines(name, rows)),
                *model_headlines(results.model),
            ],
            links={name: slug("claim", name) if name in known else "claims" for name in ("B4", "T3", "T4")},
            figures=[heads.figure(results), interventions.figure(results)] if tables else [],
        ),
    )
