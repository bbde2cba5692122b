// Looks for what must not be in a text: names, numbers, notes, codes.

/** What of `words` is in the text, each with the line it was found in. Case does not count; parts of words do not. */
export function findCanaries(text: string, words: Iterable<string>): string[] {
  const found: string[] = [];
  for (const word of words) {
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const line = new RegExp(`^.*(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}]).*$`, 'imu').exec(text);
    if (line) found.push(`"${word}" in: ${line[0].slice(0, 300)}`);
  }
  return found;
}
