/** The parts of ECharts that the page uses; fetched when the first chart is drawn. */
import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export interface DrawnChart {
  set(option: Record<string, unknown>): void;
  resize(): void;
  /** twice as sharp as the screen */
  canvas(): HTMLCanvasElement;
  dispose(): void;
}

/** @param picked a bar of a series, by their places */
export function drawChart(place: HTMLElement, picked: (bar: number, series: number) => void): DrawnChart {
  const chart = init(place, null, { renderer: 'canvas' });
  chart.on('click', (event) => {
    if (event.componentType === 'series') picked(event.dataIndex, event.seriesIndex ?? 0);
  });
  return {
    set: (option) => chart.setOption(option, true),
    resize: () => chart.resize(),
    canvas: () => chart.renderToCanvas({ pixelRatio: 2, backgroundColor: '#ffffff' }),
    dispose: () => chart.dispose(),
  };
}
