#!/usr/bin/env bash
# Backups beside what people do without UpgradeOps, in turn, in one run: dumps of PostgreSQL and MariaDB beside the bare uncompressed dump and
# beside `dump | gzip`; a restore into a new database beside `pg_restore -j`; a volume with many small files beside `tar | zstd`. Rates count bytes before
# compression. Peak memory is that of UpgradeOps with its helpers (zstd) together, sampled twice a second: more often would cost a fifth of a processor.
# Needs Docker, what .ci/install brings, bc, and a built solution. ROWS sets the size (1,000,000 rows are about 0.2 GB), ROUNDS how
# often each is run, FILES how many small files there are (1000000 for the whole thing). PARTS chooses: postgres mariadb restore files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rows=${ROWS:-2000000} rounds=${ROUNDS:-3} files=${FILES:-50000} parts=${PARTS:-postgres mariadb restore files} work=$(mktemp -d)
kit=${KIT:-tests/UpgradeOps.TestKit/bin/Debug/net10.0/upgradeops-testkit.dll}
cli=${CLI:-src/UpgradeOps.Cli/bin/Debug/net10.0/UpgradeOps.Cli.dll}
id=""
finish() { [ -z "$id" ] || dotnet "$kit" kmp down "$id" >/dev/null; rm -rf "$work"; }
trap finish EXIT

value() { sed -nE "s/.*\"$1\": \"([^\"]*)\".*/\1/p" "$work/stack.json" | head -n 1; }
seconds() { local start; start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) - $start" | bc; }
wants() { [[ " $parts " == *" $1 "* ]]; }
rate() { echo "scale=0; $1 / 1048576 / $2" | bc; }

stack() { # engine
    # Asked twice a second whether it is well, as the tests want it, the database would lose a fifth of a processor to that.
    dotnet "$kit" kmp up --db "$1" --db-interval 5s --json >"$work/stack.json"
    id=$(value id)
    db=$(docker ps -q --filter "label=com.docker.compose.project=$(value project)" --filter label=com.docker.compose.service=db)
    rm -rf "$work/s" "$work/c"
}
down() { dotnet "$kit" kmp down "$id" >/dev/null; id=""; }
define() { # backups
    sed -E "s/^backups:.*/backups: [ $1 ]/; s#directory: .*#directory: $(value folder)#" "$(value definition)" >"$work/kmp.yaml"
}

# Memory of a process and everything below it, as the sum of what each has for itself and its share of the rest.
tree() { local child; echo "$1"; for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do tree "$child"; done; }
sample() { # process
    local peak=0 sum pid kib
    while sleep 0.5; do
        sum=0
        for pid in $(tree "$1"); do kib=$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null || echo 0); sum=$((sum + ${kib:-0})); done
        [ "$sum" -le "$peak" ] || { peak=$sum; echo $((peak / 1024)) >"$work/peak"; }
    done
}
ours() { # verb and arguments
    dotnet "$cli" "$@" --json --progress none --config-folder "$work/c" --state-folder "$work/s" >"$work/ours.json" & local process=$! sampler code=0
    sample "$process" & sampler=$!
    wait "$process" || code=$?
    kill "$sampler" && wait "$sampler" 2>/dev/null || true
    return "$code"
}
stored() { [ ! -d "$work/s" ] || find "$work/s" -path '*backups*' -type f \( -name '*.zst' -o -name '*.gz' \) -printf '%T@ %s\n' | sort -n | tail -n 1 | cut -d' ' -f2; }
compare() { # name, bytes before compression, bare, usual, usual's name, ours
    echo "$1: bare $3 s ($(rate "$2" "$3") MiB/s), $5 $4 s, UpgradeOps $6 s ($(rate "$2" "$6") MiB/s; $(echo "scale=0; 100 * $3 / $6" | bc) % of the bare rate, $(echo "scale=1; $4 / $6" | bc)x as fast as $5; peak $(cat "$work/peak") MiB)"
}

if wants postgres || wants restore; then
    stack postgres
    define '{ database: main }'
    docker exec "$db" psql -q -U kmp -d kmp -c "CREATE TABLE filler AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) AS a, repeat(md5((g % 1000)::text), 4) AS b FROM generate_series(1, $rows) g" \
        -c "CREATE TABLE second AS SELECT id, a FROM filler WHERE id % 2 = 0" -c "CREATE INDEX ON filler (id)" -c "CREATE INDEX ON second (a)"
    bare() { docker exec "$db" pg_dump -U kmp -Fc -Z0 kmp >"$work/bare"; }
    usual() { docker exec "$db" pg_dump -U kmp kmp | gzip >"$work/usual"; }
    if wants postgres; then
        for ((i = 1; i <= rounds; i++)); do
            b=$(seconds bare) u=$(seconds usual) o=$(seconds ours backup "$work/kmp.yaml")
            compare "PostgreSQL $i" "$(stat -c %s "$work/bare")" "$b" "$u" 'pg_dump | gzip' "$o"
        done
        echo "bytes: bare $(stat -c %s "$work/bare"), pg_dump | gzip $(stat -c %s "$work/usual"), UpgradeOps $(stored)"
    fi
    if wants restore; then
        [ -n "$(stored)" ] || ours backup "$work/kmp.yaml"
        backup=$(sed -nE 's/.*"backupId": "([^"]*)".*/\1/p' "$work/ours.json" | head -n 1)
        bring() { docker cp -q "$work/bare" "$db:/tmp/bare"; }
        bare && c=$(seconds bring) && docker exec -u 0 "$db" chmod 644 /tmp/bare
        stock() { docker exec "$db" createdb -U kmp scratch && docker exec "$db" pg_restore -U kmp -j 2 -d scratch /tmp/bare; }
        for ((i = 1; i <= rounds; i++)); do
            s=$(seconds stock) && docker exec "$db" dropdb -U kmp scratch
            # Proved at level Restore: checksums, structure, and a load into a scratch database whose rows are counted.
            p=$(seconds ours prove "$work/kmp.yaml" "$backup" --level restore)
            # Verified, unpacked, brought into the container, loaded into a new database, rows counted.
            o=$(seconds ours restore "$work/kmp.yaml" --backup-id "$backup" --as "look$i") && docker exec "$db" dropdb -U kmp "kmp_look$i"
            echo "restore $i: pg_restore -j 2 of a file $s s, and $c s to bring that file into the container first; UpgradeOps $o s (peak $(cat "$work/peak") MiB); proved by a restore $p s"
        done
    fi
    down
fi

if wants mariadb; then
    stack mariadb
    define '{ database: main }'
    # The password is where the server got it from, and in the client's environment only.
    inside() { docker exec -i "$db" sh -c 'export MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}"; exec "$@"' sh "$@"; }
    inside mariadb -u root kmp -e "CREATE TABLE filler AS SELECT seq AS id, CONCAT(MD5(seq), MD5(seq * 7)) AS a, REPEAT(MD5(seq % 1000), 4) AS b FROM seq_1_to_$rows"
    bare() { inside mariadb-dump -u root --single-transaction --quick kmp >"$work/bare"; }
    usual() { inside mariadb-dump -u root --single-transaction --quick kmp | gzip >"$work/usual"; }
    for ((i = 1; i <= rounds; i++)); do
        b=$(seconds bare) u=$(seconds usual) o=$(seconds ours backup "$work/kmp.yaml")
        compare "MariaDB $i" "$(stat -c %s "$work/bare")" "$b" "$u" 'mariadb-dump | gzip' "$o"
    done
    echo "bytes: bare $(stat -c %s "$work/bare"), mariadb-dump | gzip $(stat -c %s "$work/usual"), UpgradeOps $(stored)"
    down
fi

if wants files; then
    stack postgres
    define '{ volume: kmp-uploads }'
    data=$(docker volume inspect --format '{{.Mountpoint}}' "$(value project)_kmp-uploads")
    perl -e 'my ($d, $n) = @ARGV; for my $i (0 .. $n - 1) { my $f = sprintf "%s/%03d", $d, $i / 1000; mkdir $f unless $i % 1000; open my $o, ">", "$f/$i" or die; print $o "file $i " x (1 + $i % 60) }' "$data" "$files"
    usual() { tar -C "$data" -cf - . | zstd -q -2 -T0 -f -o "$work/usual"; }
    for ((i = 1; i <= rounds; i++)); do
        u=$(seconds usual) o=$(seconds ours backup "$work/kmp.yaml")
        echo "$files small files in a volume $i: tar | zstd $u s, UpgradeOps $o s (peak $(cat "$work/peak") MiB)"
    done
    echo "bytes: tar | zstd $(stat -c %s "$work/usual"), UpgradeOps $(stored)"
fi
