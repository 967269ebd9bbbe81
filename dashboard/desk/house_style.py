"""How every chart of the desk is drawn. Colours are names of tokens ("--ink"): the page's script puts in what they are
in the set of colours that the reader has. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Figure = dict[str, Any]

OFFERED, ANSWERED, ABANDONED, LEVEL, BEFORE, BAND = "--bar-all", "--bar", "--bar-strong", "--ink", "--faint", "--good"
MOST_TICKS = 8
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
"""Nothing to press: the numbers behind a chart stand in its table."""

_CLEAR = "rgba(0,0,0,0)"


def bars(
    name: str, heights: Sequence[float | None], said: Sequence[str], colour: str | Sequence[str], **more: Any
) -> dict[str, Any]:
    """Bars at 0, 1, 2 ...; `said` is what each of them says under the pointer."""
    return {
        "type": "bar",
        "name": name,
        "x": list(range(len(heights))),
        "y": list(heights),
        "customdata": list(said),
        "hovertemplate": "%{customdata}",
        "marker": {"color": colour if isinstance(colour, str) else list(colour), "line": {"width": 0}},
    } | more


def line(
    name: str,
    heights: Sequence[float | None],
    said: Sequence[str],
    colour: str,
    *,
    dots: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """A line that pauses where there is no value; `dots` are the colours of its points."""
    return {
        "type": "scatter",
        "mode": "lines+markers" if dots else "lines",
        "name": name,
        "x": list(range(len(heights))),
        "y": list(heights),
        "customdata": list(said),
        "hovertemplate": "%{customdata}",
        "connectgaps": False,
        "line": {"color": colour, "width": 2, "shape": "linear"},
        "marker": {"color": list(dots), "size": 6},
    } | more


def axis_of_places(names: Sequence[str]) -> dict[str, Any]:
    """The axis below: as many of the places' names as can be read."""
    step = max(1, -(-len(names) // MOST_TICKS))
    places = list(range(0, len(names), step))
    return {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [names[place] for place in places],
        "range": [-0.6, max(len(names), 1) - 0.4],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "linecolor": "--line",
        "showline": True,
        "ticks": "",
        "tickangle": 0,
    }


def axis_of_counts(**more: Any) -> dict[str, Any]:
    """The axis of numbers that begin at zero."""
    return {
        "gridcolor": "--line",
        "zeroline": False,
        "fixedrange": True,
        "rangemode": "tozero",
        "ticks": "",
        "tickformat": ",d",
        "nticks": 5,
    } | more


def axis_of_shares(**more: Any) -> dict[str, Any]:
    """The axis of shares, from nothing to all."""
    return {
        "gridcolor": "--line",
        "zeroline": False,
        "fixedrange": True,
        "range": [0, 1.04],
        "tickvals": [0, 0.5, 1],
        "tickformat": ".0%",
        "ticks": "",
    } | more


def axis_of_small_shares(**more: Any) -> dict[str, Any]:
    """The axis of shares that are far from all: it ends where they do."""
    return axis_of_counts(**{"tickformat": ".0%"} | more)


def band(low: float, high: float, axis: str) -> list[dict[str, Any]]:
    """The band in which a value is in its target, with the target as a dotted line."""
    across = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis, "layer": "below"}
    return [
        across | {"type": "rect", "y0": low, "y1": high, "fillcolor": BAND, "opacity": 0.13, "line": {"width": 0}},
        across | {"type": "line", "y0": low, "y1": low, "line": {"color": "--soft", "width": 1, "dash": "dot"}},
    ]


def said_on(text: str, x: float, y: float, axis: str, **more: Any) -> dict[str, Any]:
    """A few words inside the chart, at a height of an axis."""
    return {
        "text": text,
        "xref": "paper",
        "x": x,
        "yref": axis,
        "y": y,
        "showarrow": False,
        "font": {"size": 11, "color": "--soft"},
    } | more


def figure(traces: Sequence[dict[str, Any]], language: str, height: int, **layout: Any) -> Figure:
    """A chart of these traces in the house style, `height` pixels high."""
    return {
        "data": list(traces),
        "layout": {
            "height": height,
            "autosize": True,
            "paper_bgcolor": _CLEAR,
            "plot_bgcolor": _CLEAR,
            "font": {"size": 12, "color": "--soft"},
            "margin": {"l": 46, "r": 10, "t": 30, "b": 26},
            "separators": ",." if language == "de" else ".,",
            "barmode": "overlay",
            "bargap": 0.22,
            "dragmode": False,
            "hovermode": "x unified",
            "hoversubplots": "axis",
            "hoverlabel": {"bgcolor": "--raised", "bordercolor": "--line", "font": {"color": "--ink", "size": 13}},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "itemclick": False,
                "itemdoubleclick": False,
                "font": {"color": "--soft"},
            },
        }
        | layout,
    }
