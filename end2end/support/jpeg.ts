// What is in a JPEG besides the picture.

/** The segments before the picture, by name, and the number of bytes after its end. */
export function walkJpeg(bytes: Buffer): { segments: string[]; trailing: number } {
  if (bytes.readUInt16BE(0) !== 0xffd8) throw new Error('not a JPEG');
  const segments: string[] = [];
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes.readUInt16BE(at);
    if (marker === 0xffd9) break;
    if (marker >> 8 !== 0xff) throw new Error(`no marker at ${at}`);
    segments.push(nameOf(marker & 0xff));
    at += 2 + bytes.readUInt16BE(at + 2);
    if (marker === 0xffda) at = endOfScan(bytes, at);
  }
  if (bytes.readUInt16BE(at) !== 0xffd9) throw new Error('the JPEG has no end');
  return { segments, trailing: bytes.length - at - 2 };
}

/** Past the compressed data: to the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (bytes[at + 1] === 0 || (bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7)) at = bytes.indexOf(0xff, at + 2);
  return at;
}

function nameOf(marker: number): string {
  if (marker >= 0xe0 && marker <= 0xef) return `APP${marker - 0xe0}`;
  return { 0xfe: 'COM', 0xdb: 'DQT', 0xc4: 'DHT', 0xda: 'SOS', 0xc0: 'SOF0', 0xc2: 'SOF2' }[marker] ?? marker.toString(16);
}
