using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Builds;

/// <summary>The shell around a build on the application's host. Values travel as arguments, never in the text.</summary>
internal static class BuildScripts
{
    /// <summary>How the copy ends when the build did not make something.</summary>
    public const int NotMade = 175;

    /// <summary>How the copy ends when a link would lead it out of the tree, or out of the release.</summary>
    public const int LedElsewhere = 176;

    /// <summary>
    /// $1 lock, $2 tree, $3 staging folder, $4 owner or nothing, then from, to and mode of each part. Under the lock of the repository's copy: who was
    /// killed may still be writing there. Links are copied as links, and never written through: what they point to is live, or nothing of ours.
    /// </summary>
    private const string Copier = """
        lock=$1 tree=$2 out=$3 owner=$4; shift 4
        exec 9>"$lock" || exit 1
        ! command -v flock >/dev/null 2>&1 || flock 9
        umask 022
        up_elsewhere() { printf '%s\n' "$1" >&2; exit 176; }
        up_real() { real=$(cd -P -- "$1" && pwd -P && printf x) || exit 1; real=${real%?x}; }
        up_within() {
            up_real "$1"
            case $real in "$tree" | "$tree"/*) ;; *) up_elsewhere "'$2' leads out of the built tree by a link, to $real." ;; esac
        }
        up_straight() {
            at=$out rest=${1#"$out"} rest=${rest#/}
            while [ -n "$rest" ]; do
                at=$at/${rest%%/*}
                case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
                [ ! -L "$at" ] || up_elsewhere "'${at#"$out"/}', below which '$2' would be copied, is a link of what was copied before it."
            done
        }
        up_real "$tree"; tree=$real
        rm -rf -- "$out" && mkdir -- "$out" || exit 1
        while [ $# -gt 0 ]; do
            from=$tree/$1 to=$2 mode=$3
            [ -e "$from" ] || [ -L "$from" ] || { printf '%s\n' "$1" >&2; exit 175; }
            if [ -d "$from" ]; then
                up_within "$from" "$1"; from=$real
                to=$out/${to%/}
                up_straight "$to" "$1"
                mkdir -p -- "$to" || exit 1
                # Links of earlier parts: where this one has a file or a link, it takes their place.
                met=$(find "$to" -type l -exec sh -c 'to=$1 from=$2; shift 2
                    for link; do
                        new=$from${link#"$to"}
                        if [ -d "$new" ] && [ ! -L "$new" ]; then printf "%s\n" "${link#"$to"/}"
                        elif [ -e "$new" ] || [ -L "$new" ]; then rm -f -- "$link" || printf "%s\n" "${link#"$to"/}"; fi
                    done' links "$to" "$from" {} +) || exit 1
                [ -z "$met" ] || up_elsewhere "'$met', a folder of '$1', is a link of what was copied before it."
                cp -a -- "$from/." "$to/" || exit 1
                [ -z "$mode" ] || find "$to" -type f -exec chmod "$mode" -- {} + || exit 1
            else
                up_within "${from%/*}" "$1"; from=$real/${from##*/}
                case $to in */ | .) to=$out/${to%/}/${1##*/} ;; *) to=$out/$to ;; esac
                up_straight "${to%/*}" "$1"
                [ -L "$to" ] || [ ! -d "$to" ] || to=$to/${1##*/}
                mkdir -p -- "${to%/*}" && rm -f -- "$to" && cp -a -- "$from" "$to" || exit 1
                [ -z "$mode" ] || [ -L "$to" ] || chmod "$mode" -- "$to" || exit 1
            fi
            shift 3
        done
        find "$out" -name .git -prune -exec rm -rf -- {} + || exit 1
        [ -z "$owner" ] || chown -R -h -- "$owner" "$out" || exit 1
        sync -f -- "$out" 2>/dev/null || sync
        """;

    public static HostCommand Copy(string lockFile, string tree, string staging, string? owner, IEnumerable<string> parts) =>
        new("sh", ["-c", Copier, "upgradeops-build", lockFile, tree, staging, owner ?? "", .. parts]) { IsQuestion = true };

    /// <summary>Succeeds when files can be given to this owner, which is tried with one that nobody misses.</summary>
    public static HostCommand MayGive(string owner) => new("sh", "-c", """
        file=$(mktemp "${TMPDIR:-/tmp}/upgradeops-owner.XXXXXX") || exit 1
        chown -- "$1" "$file"; code=$?
        rm -f -- "$file"
        exit "$code"
        """, "upgradeops-build", owner) { IsQuestion = true };
}
