#!/bin/sh
# Makes the audio of the demo's shows, offline: espeak-ng speaks a sentence an episode, sox adds a tone, lame encodes it
# (mono, 24 kbit/s; 8 kbit/s for the shows with many). The files beside this script came out of espeak-ng 1.51, sox 14.4.2 and
# lame 3.100 of Debian 12 (apt-get install espeak-ng sox lame); other versions make other bytes. The lengths in the feed of
# two-kettles must follow; in the other feeds {1.mp3} is the length of that file.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

episode() { # number, voice, pitch of the tone, title, sentence; show, rate and bits a second are variables
    espeak-ng -v "$2" -s 165 -w "$scratch/voice.wav" "$5"
    sox -D -n -r 22050 -c 1 -b 16 "$scratch/tone.wav" synth 0.4 sine "$3" fade 0.02 0.4 0.1 gain -12
    sox -D "$scratch/tone.wav" "$scratch/voice.wav" "$scratch/all.wav"
    lame --quiet -m m -b "$bits" --resample "$rate" --tt "$4" --ta "$show" --tn "$1" "$scratch/all.wav" "$folder/$1.mp3"
}

folder=two-kettles show="Two Kettles" bits=24 rate=22.05
episode 1 en-gb 440 "#1 Put the kettle on" "This is Two Kettles, episode one. Put the kettle on."
episode 2 en-us 494 "#2 The drawer of cables" "Two Kettles, episode two. Nobody throws a cable away."
episode 3 en-gb 554 "#3 An hour on dates" "Two Kettles, episode three. What day is it, and where?"
episode 4 en-us 587 "#4 Counting sheep in SQL" "Two Kettles, episode four. One sheep, two sheep, null sheep."

folder=lamp-and-ledger show="Lamp and Ledger" bits=8 rate=16
episode 0 en-gb 330 "Lamp and Ledger: a trailer" "In February we light the lamp."
episode 1 en-gb 349 "#1 The ledger is opened" "Lamp and Ledger, episode one."
episode 2 en-us 370 "#2 The flock" "Lamp and Ledger, episode two."
episode 3 en-gb 392 "#3 Ink and types" "Lamp and Ledger, episode three."
episode 4 en-us 415 "#4 A year of Mondays" "Lamp and Ledger, episode four."
episode 5 en-gb 440 "#5 Numbers that are words" "Lamp and Ledger, episode five."
episode 6 en-us 466 "#6 Backups on clay" "Lamp and Ledger, episode six."
episode 7 en-gb 494 "#7 WebAssembly in the counting house" "Lamp and Ledger, episode seven. WebAssembly in a counting house."
episode 8 en-us 523 "#8 Tables without tears" "Lamp and Ledger, episode eight."
episode 10 en-gb 554 "#10 A register of errors" "Lamp and Ledger, episode ten."
episode 11 en-us 587 "#11 Folding paper, folding lists" "Lamp and Ledger, episode eleven."
episode 12 en-gb 622 "#12 The last page" "Lamp and Ledger, episode twelve."

folder=raetselstunde show="Rätselstunde"
episode 1 de 262 "Folge 1: Drei Türen" "Rätselstunde, Folge eins."
episode 2 de 277 "Folge 2: Das Rätsel im Turm" "Rätselstunde, Folge zwei."
episode 3 de 294 "Folge 3: Wer lügt?" "Rätselstunde, Folge drei."
episode 4 de 311 "Folge 4: Das Brett aus Asien" "Rätselstunde, Folge vier."
episode 5 de 330 "Folge 5: Größer als Süden" "Rätselstunde, Folge fünf."
