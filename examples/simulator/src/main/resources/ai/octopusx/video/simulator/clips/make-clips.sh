#!/bin/sh
# Makes the clips in this directory again (FFmpeg 5.1, as Debian 12 ships it). See README.md.
set -eu
cd "$(dirname "$0")"
while read -r name pixels; do
  for seconds in 5 10; do
    ffmpeg -nostdin -hide_banner -loglevel error -y \
      -f lavfi -i "gradients=s=$pixels:r=24:d=$seconds:n=4:seed=7:speed=0.02:c0=0x0b3954:c1=0xbfd7ea:c2=0xff6663:c3=0xe0ff4f" \
      -an -c:v libx264 -profile:v baseline -pix_fmt yuv420p -preset veryslow -crf 30 \
      -movflags +faststart -fflags +bitexact -flags:v +bitexact -map_metadata -1 \
      "$name-${seconds}s.mp4"
  done
done <<LIST
16x9 512x288
9x16 288x512
1x1 384x384
4x3 448x336
3x4 336x448
21x9 560x240
LIST
