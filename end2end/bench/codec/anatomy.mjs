// What a JPEG is made of: what is in it beside the picture.

/** Start, JFIF, two quantisation tables, a baseline frame, four Huffman tables, a scan, the end. */
const PLAIN = 'd8 e0 db db c0 c4 c4 c4 c4 da d9';

/** What is in a prepared picture beside the picture itself, in words; nothing when there is nothing. */
export function besides(jpeg, canary) {
  const markers = [jpeg[1].toString(16)];
  let at = 2;
  let marker;
  while (marker !== 0xda) {
    if (jpeg[at] !== 0xff) return `no marker at ${at}`;
    marker = jpeg[at + 1];
    markers.push(marker.toString(16));
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  while (at < jpeg.length && (jpeg[at] !== 0xff || jpeg[at + 1] === 0)) at += 1;
  markers.push(jpeg[at + 1]?.toString(16));
  if (markers.join(' ') !== PLAIN) return `markers ${markers.join(' ')}`;
  if (at + 2 !== jpeg.length) return `${jpeg.length - at - 2} bytes behind the end`;
  return jpeg.includes(canary) ? 'words of the original' : '';
}
