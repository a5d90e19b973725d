// Charts, loaded only where a page has one: bar, line, area and pie in the colours of the theme; a click opens the records.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

interface Series {
  label: string;
  values: string[];
  texts: string[];
  hrefs: string[];
}

interface Figures {
  kind: string;
  categories: string[];
  unit: string;
  highlight: number;
  series: Series[];
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--dg-${name}`).trim();
}

function palette(): string[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((slot) => token(`chart-${slot}`));
}

/** What a mark says: the figure as the server wrote it. */
function text(figures: Figures, series: number, at: number): string {
  const given = figures.series[series];
  return given?.texts[at] || given?.values[at] || "–";
}

function tooltip(figures: Figures): object {
  return {
    trigger: figures.kind === "pie" ? "item" : "axis",
    confine: true,
    renderMode: "richText",
    backgroundColor: token("action"),
    borderWidth: 0,
    padding: [6, 10],
    textStyle: { color: token("on-action"), fontSize: 12, fontFamily: token("font") },
    axisPointer: { type: "line", lineStyle: { color: token("line-strong") } },
    formatter: (given: unknown) => {
      const points = (Array.isArray(given) ? given : [given]) as { seriesIndex: number; dataIndex: number; name: string }[];
      const first = points[0];
      if (!first) return "";
      if (figures.kind === "pie") return `${first.name}  ${text(figures, 0, first.dataIndex)}`;
      const lines = points.map((point) => `${figures.series.length > 1 ? `${figures.series[point.seriesIndex]?.label}  ` : ""}${text(figures, point.seriesIndex, point.dataIndex)}`);
      return [first.name, ...lines].join("\n");
    },
  };
}

function cartesian(figures: Figures): object {
  const colours = palette();
  const words = { color: token("ink-2"), fontSize: 12, fontFamily: token("font") };
  const single = figures.series.length === 1;
  const isBar = figures.kind === "bar";
  return {
    grid: { left: 8, right: 12, top: figures.series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: figures.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-strong") } }, axisLabel: { ...words, hideOverlap: true } },
    yAxis: { type: "value", axisLabel: words, splitLine: { lineStyle: { color: token("chart-grid") } }, splitNumber: 4 },
    legend: figures.series.length > 1 ? { top: 0, right: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: words } : undefined,
    series: figures.series.map((series, index) => ({
      name: series.label,
      type: isBar ? "bar" : "line",
      barMaxWidth: 28,
      areaStyle: figures.kind === "area" ? { opacity: 0.12 } : undefined,
      lineStyle: { width: 2 },
      symbol: "circle",
      symbolSize: 6,
      showSymbol: series.values.length <= 24,
      itemStyle: { color: colours[index % colours.length], borderRadius: isBar ? [2, 2, 0, 0] : 0 },
      cursor: series.hrefs.length ? "pointer" : "default",
      data: series.values.map((value, at) => ({
        value: value === "" ? null : Number(value),
        itemStyle: isBar && single && figures.highlight >= 0 && at !== figures.highlight ? { color: token("chart-mute") } : undefined,
        label: isBar && at === figures.highlight ? { show: true, position: "top", formatter: text(figures, index, at), color: token("ink"), fontFamily: token("font") } : undefined,
      })),
    })),
  };
}

function pie(figures: Figures): object {
  const series = figures.series[0];
  return {
    color: palette(),
    series: [
      {
        type: "pie",
        radius: ["48%", "72%"],
        itemStyle: { borderColor: token("surface"), borderWidth: 2 },
        label: { color: token("ink-2"), fontFamily: token("font"), fontSize: 12, formatter: (point: { name: string; dataIndex: number }) => `${point.name}  ${text(figures, 0, point.dataIndex)}` },
        data: (series?.values ?? []).map((value, at) => ({ name: figures.categories[at], value: Number(value) })),
      },
    ],
  };
}

function draw(chart: EChartsType, figures: Figures): void {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption(
    { animation: !still, animationDuration: 200, tooltip: tooltip(figures), aria: { enabled: false }, ...(figures.kind === "pie" ? pie(figures) : cartesian(figures)) },
    { notMerge: true },
  );
}

for (const place of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const figures = JSON.parse(place.dataset.chart ?? "{}") as Figures;
  const chart = init(place, null, { renderer: "svg" });
  draw(chart, figures);
  chart.on("click", (event) => {
    const href = figures.series[event.seriesIndex ?? 0]?.hrefs[event.dataIndex];
    if (href?.startsWith("/")) window.location.assign(href);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  const redraw = (): void => draw(chart, figures);
  document.addEventListener("dg:theme", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
