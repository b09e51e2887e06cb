#!/bin/sh
# Amino acid composition, length, molecular weight and hydropathy of every protein of a FASTA file, as a table.
#
#   composition.sh INPUT.fasta OUTPUT.tsv
#
# A stage for Penstock: it tells its progress and its result in lines of JSON, and what goes wrong on its error output.
# Exit codes: 65 (EX_DATAERR) the input is no FASTA, 66 (EX_NOINPUT) it cannot be read; both are final. Any other is tried again.
# Safe to run again: the table is written beside its place and moved there whole.
set -eu

input=$1
output=$2
part=$output.part

[ -r "$input" ] || { echo "cannot read $input" >&2; exit 66; }
total=$(grep -c '^>' "$input") || { echo "$input holds no record: no line begins with '>'" >&2; exit 65; }

LC_ALL=C PART=$part awk -v total="$total" '
    # Average masses of residues in dalton (IUPAC 1997), and hydropathy (Kyte and Doolittle, J. Mol. Biol. 157, 1982).
    BEGIN {
        OFS = "\t"
        letters = "ACDEFGHIKLMNPQRSTVWY"
        split("71.0788 103.1388 115.0886 129.1155 147.1766 57.0519 137.1411 113.1594 128.1741 113.1594 131.1926 114.1038 97.1167 128.1307 156.1875 87.0782 101.1051 99.1326 186.2132 163.1760", mass, " ")
        split("1.8 2.5 -3.5 -3.5 2.8 -0.4 -3.2 4.5 -3.9 3.8 1.9 -3.5 -1.6 -3.5 -4.5 -0.8 -0.7 4.2 -0.9 -1.3", hydropathy, " ")
        water = 18.01528
        header = "accession" OFS "length" OFS "mass_da" OFS "hydropathy"
        for (i = 1; i <= 20; i++) header = header OFS substr(letters, i, 1)
        part = ENVIRON["PART"]
        print header > part
        every = total > 20 ? int(total / 20) : 1
    }
    /^>/ { finish(); name = accession(substr($1, 2)); sequence = ""; next }
    name == "" && NF { print "text before the first record, at line " NR > "/dev/stderr"; failed = 65; exit 65 }
    { gsub(/[ \t\r*]/, ""); sequence = sequence toupper($0) }
    END {
        if (failed) exit failed
        finish()
        printf "{\"result\":{\"proteins\":%d,\"residues\":%d}}\n", done, residues
    }

    # sp|P12345|NAME_SPECIES is P12345; anything else is its first word.
    function accession(word,    parts) { return split(word, parts, "|") == 3 ? parts[2] : word }

    function finish(    i, letter, count, known, weight, index_sum, row) {
        if (name == "") return
        known = 0; weight = 0; index_sum = 0; row = ""
        for (i = 1; i <= 20; i++) {
            letter = substr(letters, i, 1)
            count = gsub(letter, "&", sequence)
            known += count; weight += count * mass[i]; index_sum += count * hydropathy[i]
            row = row OFS count
        }
        # Letters beyond the twenty have no mass of their own: the known ones stand for them.
        if (known > 0) weight = weight * length(sequence) / known + water
        printf "%s\t%d\t%.2f\t%.4f%s\n", name, length(sequence), weight, (known > 0 ? index_sum / known : 0), row > part
        residues += length(sequence)
        if (++done % every == 0 || done == total) {
            printf "{\"progress\":{\"current\":%d,\"total\":%d}}\n", done, total
            fflush()
        }
    }
' "$input"

mv -f -- "$part" "$output"
