#!/bin/sh
# Makes the audio of the demo's show, offline: espeak-ng speaks a sentence an episode, sox adds a tone, lame encodes it
# (mono, 24 kbit/s). The files beside this script came out of espeak-ng 1.51, sox 14.4.2 and lame 3.100 of Debian 12
# (apt-get install espeak-ng sox lame); other versions make other bytes. Then the lengths in feed.xml must follow.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

episode() { # number, voice, pitch of the tone, title, sentence
    espeak-ng -v "$2" -s 165 -w "$scratch/voice.wav" "$5"
    sox -D -n -r 22050 -c 1 -b 16 "$scratch/tone.wav" synth 0.4 sine "$3" fade 0.02 0.4 0.1 gain -12
    sox -D "$scratch/tone.wav" "$scratch/voice.wav" "$scratch/all.wav"
    lame --quiet -m m -b 24 --resample 22.05 --tt "$4" --ta "Two Kettles" --tn "$1" "$scratch/all.wav" "$1.mp3"
}

episode 1 en-gb 440 "#1 Put the kettle on" "This is Two Kettles, episode one. Put the kettle on."
episode 2 en-us 494 "#2 The drawer of cables" "Two Kettles, episode two. Nobody throws a cable away."
episode 3 en-gb 554 "#3 An hour on dates" "Two Kettles, episode three. What day is it, and where?"
episode 4 en-us 587 "#4 Counting sheep in SQL" "Two Kettles, episode four. One sheep, two sheep, null sheep."
