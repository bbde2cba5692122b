// The report as a picture: a bar for each peer on each photo, as long as its median.

const BAR = 16;
const SCALE = 0.35;
const LEFT = 220;

/** An SVG document. */
export function plot({ photos, browser }) {
  let y = 40;
  const parts = [`<text x="10" y="20" font-weight="bold">Milliseconds a photo, Chromium ${browser}: shorter is better</text>`];
  for (const [name, results] of Object.entries(photos)) {
    parts.push(`<text x="10" y="${y + 14}" font-weight="bold">${name}</text>`);
    y += 22;
    const rows = Object.entries(results).filter(([, { ms }]) => ms).sort(([, a], [, b]) => a.ms - b.ms);
    for (const [peer, { ms, ratio }] of rows) {
      const colour = peer === 'ours' ? '#0a5a68' : '#5b6d76';
      parts.push(
        `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${peer}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${(ms * SCALE).toFixed(1)}" height="${BAR - 4}" fill="${colour}"/>`,
        `<text x="${LEFT + 6 + ms * SCALE}" y="${y + 11}">${ms.toFixed(0)} ms, ${ratio.toFixed(2)}</text>`,
      );
      y += BAR;
    }
    y += 12;
  }
  const style = 'font-family="system-ui" font-size="12" fill="#17262e"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="${y}" ${style}>\n${parts.join('\n')}\n</svg>\n`;
}
