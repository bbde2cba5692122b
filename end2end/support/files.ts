// The files that tests pick: drawn by `cargo run --example draw_fixtures`, never taken of anybody.
import path from 'node:path';
import { FIXTURES } from './paths.ts';

const file = (name: string): string => path.join(FIXTURES, name);

export const PHOTOS = {
  /** 4032 × 3024 as stored, to be turned upright (EXIF orientation 6), with GPS, XMP, a comment and trailing bytes. */
  phoneJpeg: file('lesion-12mp-o6-gps.jpg'),
  /** 900 × 700. */
  png: file('lesion.png'),
  /** 1200 × 800, made of tiles. */
  heic: file('lesion.heic'),
  /** 2400 × 1600, transparent in places and more or less so in others. */
  seeThrough: file('see-through.png'),
  truncated: file('truncated.jpg'),
  notAPicture: file('not-a-picture.jpg'),
};

/** What the phone's JPEG says about its camera and place; must not come out at the other end. */
export const CANARY = 'CANARY-36.8484S-174.7633E';
