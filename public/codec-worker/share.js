// A share of a picture: some of its rows, as the browser's decoder has them, become small in the codec's module.

// Pixels as decoders have them: to have them exchanged costs more than the copy.
const NATIVE = ["BGRX", "RGBX", "BGRA", "RGBA"];

/** Whether a frame's rows can be taken as they are. */
export const isNative = (frame) => NATIVE.includes(frame.format);

/** Whether blue is the first colour of its pixels, as they are copied. */
export const beginsBlue = ({ format }) => format === "BGRX" || format === "BGRA";

/**
 * Writes some rows of a frame to where `room()` says that there is room in the module's memory. While they are copied another
 * file may make the memory grow, and so move: then once more.
 */
export async function copy(frame, { top, rows }, memory, room) {
  const { x, y, width } = frame.visibleRect;
  const format = isNative(frame) ? {} : { format: "RGBA" };
  const how = { ...format, rect: { x, y: y + top, width, height: rows }, layout: [{ offset: 0, stride: width * 4 }] };
  let buffer;
  do {
    const start = room();
    buffer = memory.buffer;
    const copied = frame.copyTo(new Uint8Array(buffer, start, width * rows * 4), how);
    await copied.catch((fault) => { if (buffer === memory.buffer) throw fault; });
  } while (buffer !== memory.buffer);
}

/** The share number `part` of `parts` as bytes; `small` is the size that the whole picture is to have. */
export async function resized(codec, memory, { frame, small, parts, part }) {
  const { width, height } = frame.visibleRect;
  const share = new codec.Share(width, height, ...small, parts, part, frame.format.endsWith("A"));
  let finished = false;
  try {
    for (let { top, rows } = share; rows; { top, rows } = share) {
      await copy(frame, { top, rows }, memory, () => share.room(beginsBlue(frame)));
      share.take();
    }
    finished = true;
    return share.resized();
  } finally {
    if (!finished) share.free();
  }
}
