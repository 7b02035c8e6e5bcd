/** Seconds as bars on a logarithmic scale, as SVG. */
export function chart(title: string, seconds: Record<string, number>): string {
  const bars = Object.entries(seconds);
  const [left, width, row] = [130, 420, 26];
  const height = 50 + row * bars.length;
  const most = Math.log10(Math.max(...bars.map(([, value]) => value), 10) * 1.1);
  const least = Math.min(0, ...bars.map(([, value]) => Math.log10(value)));
  const lines = bars.map(([name, value], n) => {
    const length = Math.max(2, ((Math.log10(value) - least) / (most - least)) * width);
    const y = 34 + row * n;
    return [
      `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${name}</text>`,
      `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="18" fill="${name === 'ours' ? '#2e7d32' : '#90a4ae'}"/>`,
      `<text x="${(left + length + 6).toFixed(1)}" y="${y + 14}">${value.toFixed(1)} s</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 80}" height="${height}" font-family="sans-serif" font-size="13"><text x="8" y="20" font-weight="bold">${title}, logarithmic</text>${lines.join('')}</svg>\n`;
}
