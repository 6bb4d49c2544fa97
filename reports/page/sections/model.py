"""The trained model: the same three tables on real input."""

from __future__ import annotations

from reports.page.figures import heads, interventions
from reports.page.load import MODEL_TABLES, Results
from reports.page.section import Section, fill


def section(results: Results) -> Section:
    """Figures and the model's own summary, or a sentence when the model was not part of the run."""
    tables = {name: results.tables[name] for name in MODEL_TABLES if results.tables[name]}
    return Section(
        "model",
        "A trained model",
        fill(
            "model.html.j2",
            summary=results.model,
            tables=tables,
            figures=[heads.figure(results), interventions.figure(results)] if tables else [],
        ),
    )
