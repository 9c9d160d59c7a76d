#!/usr/bin/env bash
# The backup of one PostgreSQL database beside the bare uncompressed dump and beside the usual `pg_dump | gzip`, in turn, in one run.
# Needs Docker, what .ci/install brings, bc and GNU time, and a built solution. ROWS sets the size (1,000,000 rows are about 0.25 GB); ROUNDS how often each is run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rows=${ROWS:-2000000} rounds=${ROUNDS:-3} work=$(mktemp -d)
kit=tests/UpgradeOps.TestKit/bin/Debug/net10.0/upgradeops-testkit.dll
cli=src/UpgradeOps.Cli/bin/Debug/net10.0/UpgradeOps.Cli.dll
dotnet "$kit" kmp up --db postgres --json >"$work/stack.json"
value() { sed -nE "s/.*\"$1\": \"([^\"]*)\".*/\1/p" "$work/stack.json" | head -n 1; }
id=$(value id)
trap 'dotnet "$kit" kmp down "$id" >/dev/null; rm -rf "$work"' EXIT
db=$(docker ps -q --filter "label=com.docker.compose.project=$(value project)" --filter label=com.docker.compose.service=db)
docker exec "$db" psql -q -U kmp -d kmp -c "CREATE TABLE filler AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) AS a, repeat(md5((g % 1000)::text), 4) AS b FROM generate_series(1, $rows) g"
seconds() { local start; start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) - $start" | bc; }
bare() { docker exec "$db" pg_dump -U kmp -Fc -Z0 kmp >"$work/bare"; }
usual() { docker exec "$db" pg_dump -U kmp kmp | gzip >"$work/usual"; }
# Only the database, as the other two; the proof counts apart and is not part of a backup made by hand.
sed -E 's/^backups:.*/backups: [ { database: main } ]/' "$(value definition)" >"$work/kmp.yaml"
sed -i -E "s#directory: .*#directory: $(value folder)#" "$work/kmp.yaml"
ours() { /usr/bin/env time -f '%M' -o "$work/peak" dotnet "$cli" backup "$work/kmp.yaml" --json --progress none --config-folder "$work/c" --state-folder "$work/s" >"$work/ours.json"; }
for ((i = 1; i <= rounds; i++)); do
    echo "round $i: bare dump $(seconds bare) s, pg_dump | gzip $(seconds usual) s, UpgradeOps $(seconds ours) s (peak $(($(cat "$work/peak") / 1024)) MiB)"
done
echo "bytes: bare $(stat -c %s "$work/bare"), pg_dump | gzip $(stat -c %s "$work/usual"), UpgradeOps $(find "$work/s" -name '*.gz' -printf '%s\n' | tail -n 1)"
