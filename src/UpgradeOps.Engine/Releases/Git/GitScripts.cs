namespace UpgradeOps.Engine.Releases.Git;

/// <summary>The shell around git on the application's host. Values travel as arguments and variables, never in the text.</summary>
internal static class GitScripts
{
    /// <summary>How a script ends when there is no folder in which the copy could be kept.</summary>
    public const int NoFolder = 172;

    /// <summary>How a script ends when git is not installed.</summary>
    public const int NoGit = 173;

    /// <summary>How a script ends when a submodule could not be had.</summary>
    public const int NoSubmodule = 174;

    /// <summary>We may run within somebody's hook: git must not take that repository for ours.</summary>
    private const string Prologue = """
        unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_NAMESPACE GIT_PREFIX GIT_CONFIG GIT_SHALLOW_FILE
        command -v git >/dev/null 2>&1 || exit 173
        [ -n "${GIT_SSH_COMMAND:-}" ] || GIT_SSH_COMMAND=$(git config core.sshCommand || echo ssh)
        export GIT_SSH_COMMAND="$GIT_SSH_COMMAND $UPGRADEOPS_GIT_SSH"

        """;

    /// <summary>
    /// One writer at a time; nobody who is started meanwhile holds the lock longer than this script. What locks of git are left then belonged to
    /// somebody who was killed.
    /// </summary>
    private const string Lock = """
        [ -d "${1%/*/*}" ] || exit 172
        umask 077
        mkdir -p -- "${1%/*}" || exit 1
        # In a checkout, git is not to see what is ours.
        case ${1%/*} in */.upgradeops) [ -f "${1%/*}/.gitignore" ] || printf '*\n' >"${1%/*}/.gitignore" || exit 1 ;; esac
        exec 9>"${1%/*}/lock" || exit 1
        ! command -v flock >/dev/null 2>&1 || flock 9
        [ ! -d "$1" ] || find "$1" -name '*.lock' -type f -exec rm -f -- {} + 9>&-

        """;

    /// <summary>
    /// $3 a checkout that has submodules, each of which may have its own. A relative address counts from the repository that names it, so that only those of
    /// the first rank see our <c>origin</c>, the last of the settings. Addresses that have moved are followed.
    /// </summary>
    private const string Submodules = """

            cd -- "$3" || exit 1
            [ -f .gitmodules ] || { echo "The commit has submodules, but no .gitmodules that tells where they are." >&2; exit 174; }
            git submodule -q init 9>&- && git submodule -q sync 9>&- || exit 174
            GIT_CONFIG_COUNT=$((GIT_CONFIG_COUNT - 1))
            export UPGRADEOPS_GIT_NESTED='[ ! -f .gitmodules ] || { git submodule -q init && git submodule -q sync && git submodule -q update --force && git submodule -q foreach "eval \"\$UPGRADEOPS_GIT_NESTED\""; }'
            git submodule -q update --force 9>&- && git submodule -q foreach 'eval "$UPGRADEOPS_GIT_NESTED"' 9>&- || exit 174

        """;

    /// <summary>$1 mirror: made when it is not there, and brought to where <c>origin</c> is.</summary>
    public const string Sync = Prologue + Lock + """
        if [ ! -f "$1/HEAD" ]; then
            rm -rf -- "$1" "$1.new"
            git init -q --bare --template= -- "$1.new" 9>&- && mv -- "$1.new" "$1" || exit 1
        fi
        git --git-dir="$1" fetch -q --prune --no-tags --no-write-fetch-head --no-recurse-submodules origin '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' 9>&-
        """;

    /// <summary>What a remote has, without fetching anything.</summary>
    public const string Ask = Prologue + "cd / && git ls-remote --heads --tags origin";

    public const string Refs = Prologue + """git --git-dir="$1" for-each-ref --format='%(objectname)|%(*objectname)|%(creatordate:unix)|%(refname)' refs/heads refs/tags""";

    /// <summary>$2 a ref or the beginning of a commit's id: the commit, its time, the bytes of its files, how many submodules.</summary>
    public const string Describe = Prologue + """
        c=$(git --git-dir="$1" rev-parse -q --verify --end-of-options "$2^{commit}") || exit 1
        echo "$c"
        git --git-dir="$1" log -1 --format=%ct "$c" --
        git --git-dir="$1" ls-tree -r -l "$c" | awk '{ s += $4 } $1 == 160000 { m++ } END { printf "%.0f\n%d\n", s, m }'
        """;

    /// <summary>$2 a tag's ref: its type, then what its annotation says without the signature.</summary>
    public const string Annotation = Prologue + """git --git-dir="$1" for-each-ref --format='%(objecttype)%0a%(contents:subject)%0a%0a%(contents:body)' -- "$2" """;

    /// <summary>$2 a commit: the beginning of its changelog.</summary>
    public const string Changelog = Prologue + """
        for name in CHANGELOG.md CHANGELOG changelog.md CHANGES.md HISTORY.md CHANGELOG.txt; do
            if [ "$(git --git-dir="$1" cat-file -t "$2:$name" 2>/dev/null)" = blob ]; then
                git --git-dir="$1" cat-file blob "$2:$name" | head -c 524288
                exit 0
            fi
        done
        """;

    /// <summary>$2 the commit that runs, $3 the one that would: how they are related, then the commits that the second one adds.</summary>
    public const string Log = Prologue + """
        if ! git --git-dir="$1" cat-file -e "$2^{commit}" 2>/dev/null; then echo unknown; exit 0; fi
        if git --git-dir="$1" merge-base --is-ancestor "$2" "$3"; then echo ahead
        elif git --git-dir="$1" merge-base --is-ancestor "$3" "$2"; then echo behind
        else echo diverged; fi
        git --git-dir="$1" log -n 200 --format='%H|%at|%an%x1f%s' "$2..$3" --
        """;

    /// <summary>$2 a tag's ref: the name that was signed, the commit, and whether the signature is good. The ref is read once: another fetch may move it.</summary>
    public const string Verify = Prologue + """
        t=$(git --git-dir="$1" rev-parse -q --verify --end-of-options "$2") || exit 1
        [ "$(git --git-dir="$1" cat-file -t "$t")" = tag ] || { echo; exit 1; }
        git --git-dir="$1" cat-file tag "$t" | sed -n '3p'
        git --git-dir="$1" rev-parse -q --verify --end-of-options "$t^{commit}" || exit 1
        git --git-dir="$1" verify-tag -- "$t"
        """;

    /// <summary>$2 a commit, $3 a path of it: succeeds when there is such a file.</summary>
    public const string Holds = Prologue + """[ "$(git --git-dir="$1" cat-file -t "$2:$3" 2>/dev/null)" = blob ]""";

    /// <summary>$2 a commit, $3 a path of it, or nothing for its root: what stands there.</summary>
    public const string Kind = Prologue + """git --git-dir="$1" cat-file -t "$2:$3" 2>/dev/null || { m=$(git --git-dir="$1" ls-tree -- "$2" "$3"); case $m in "160000 "*) echo commit ;; esac; }; exit 0""";

    /// <summary>$2 a commit, $3 a file of it.</summary>
    public const string Blob = Prologue + """git --git-dir="$1" cat-file blob "$2:$3" """;

    /// <summary>$2 a commit, $3 a folder of it, or nothing for its root: what stands directly there.</summary>
    public const string Folder = Prologue + """git --git-dir="$1" ls-tree -z -l "$2:$3" """;

    /// <summary>A folder for this script alone; git's index is in it.</summary>
    private const string Temporary = """
        t=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/upgradeops-git.XXXXXX") || exit 1
        trap 'cd /; rm -rf -- "$t"' EXIT
        trap 'exit 1' HUP INT TERM
        export GIT_INDEX_FILE="$t/index"

        """;

    /// <summary>
    /// $2 a commit, $3 a folder that stands for its folder $4 (nothing for its root), then paths below that: all that the commit has there, as <c>ls-tree</c> tells
    /// it, an empty record, and which of it is not in the folder as a checkout would have put it there: D before a path where nothing is, M or T where something else is.
    /// </summary>
    public const string Compare = Prologue + Temporary + """
        c=$1 commit=$2 f=$3 in=$4
        shift 4
        export GIT_LITERAL_PATHSPECS=1
        git --git-dir="$c" rev-parse -q --verify "$commit:$in" >/dev/null || { printf '\0'; exit 0; }
        git --git-dir="$c" ls-tree -r -z "$commit:$in" -- "$@" >"$t/list" && git --git-dir="$c" update-index -z --index-info <"$t/list" || exit 1
        cat <"$t/list" && printf '\0' || exit 1
        cd -- "$f" || exit 1
        git --git-dir="$c" --work-tree=. -c core.fsmonitor=false -c core.fileMode=false update-index -q --ignore-submodules --refresh >/dev/null
        git --git-dir="$c" --work-tree=. -c core.fsmonitor=false -c core.fileMode=false diff-files -z --name-status --no-renames --ignore-submodules=all
        """;

    /// <summary>$2 a commit, names of files of it on the input, each with a NUL after it: for each its name, <c>filter</c>, and the filter that its attributes name.</summary>
    public const string Filters = Prologue + Temporary + """
        cd / && git --git-dir="$1" read-tree "$2" && git --git-dir="$1" check-attr --cached -z --stdin filter
        """;

    /// <summary>
    /// $2 a commit, $3 a folder of it that ends with a slash, or nothing; names of files there on the input, each with a NUL after it: their sizes, names and
    /// contents as a checkout would have them, with the ends of lines that the commit's attributes want. Nothing of the copy is written.
    /// </summary>
    public const string Files = Prologue + Temporary + """
        mkdir -- "$t/tree" && cat >"$t/names" || exit 1
        git --git-dir="$1" read-tree "$2" && git --git-dir="$1" --work-tree="$t/tree" checkout-index -q -z --stdin <"$t/names" || exit 1
        cd -- "$t/tree/$3" || exit 1
        for file in * .[!.]* ..?*; do
            [ ! -f "$file" ] || [ -L "$file" ] || { printf '%d\0%s\0' "$(wc -c <"$file")" "$file" && cat <"$file"; } || exit 1
        done
        """;

    /// <summary>$2 a commit, $3 a file: succeeds when what is on the input is what the file was in the commit or in one before it.</summary>
    public const string Had = Prologue + """
        id=$(git --git-dir="$1" hash-object --stdin) || exit 1
        git --git-dir="$1" log -n 1000 -m --full-history --format= --raw --no-abbrev --no-renames "$2" -- "$3" | awk -v id="$id" '$4 == id { found = 1 } END { exit !found }'
        """;

    /// <summary>$2 a commit, $3 a folder of ours: gets the commit's files with those of its submodules, and nothing of git.</summary>
    public const string Export = Prologue + Lock + """
        umask 022
        rm -rf -- "$3" && git --git-dir="$1" worktree prune 9>&- || exit 1
        git --git-dir="$1" worktree add -q --force --detach -- "$3" "$2" 9>&- || exit 1
        if git --git-dir="$1" ls-tree -r "$2" | grep -q '^160000 '; then
        """ + Submodules + """
            cd / || exit 1
        fi
        find "$3" -name .git -prune -exec rm -rf -- {} + && git --git-dir="$1" worktree prune 9>&- || exit 1
        sync -f -- "$3" 2>/dev/null || sync
        """;

    /// <summary>$2 a commit, $3 a folder of ours, $4 <c>-x</c> or nothing: the folder becomes a checkout of it; files that the commit tells git to ignore stay without -x.</summary>
    public const string CheckOut = Prologue + Lock + """
        umask 022
        git --git-dir="$1" worktree prune 9>&- || exit 1
        # The application's folder may itself be somebody's checkout: only a tree of our own copy is ever changed.
        export GIT_CEILING_DIRECTORIES="${3%/*}"
        if ! { [ -f "$3/.git" ] && [ "$(git -C "$3" rev-parse --path-format=absolute --git-common-dir 2>/dev/null)" -ef "$1" ] && git -C "$3" rev-parse -q --verify HEAD >/dev/null; }; then
            rm -rf -- "$3" && git --git-dir="$1" worktree prune 9>&- && git --git-dir="$1" worktree add -q --force --detach -- "$3" "$2" 9>&- || exit 1
        fi
        git -C "$3" checkout -q --force --detach "$2" 9>&- && git -C "$3" clean -qffd ${4:+"$4"} 9>&- || exit 1
        if git --git-dir="$1" ls-tree -r "$2" | grep -q '^160000 '; then
        """ + Submodules + """
        fi
        """;

    /// <summary>$2 a folder of ours: goes, once nobody writes into it any more.</summary>
    public const string Discard = Lock + """rm -rf -- "$2" """;

    /// <summary>$1 a folder: where a checkout's commits come from (nothing for a bare repository, or one without <c>origin</c>).</summary>
    public const string Origin = Prologue + """
        [ -d "$1" ] || { echo "No such file or directory" >&2; exit 1; }
        cd -- "$1" || exit 1
        [ "$(git rev-parse --is-inside-work-tree)" = true ] || { [ "$(git rev-parse --is-bare-repository)" = true ]; exit; }
        git config --get remote.origin.url || true
        """;

    /// <summary>$1 a folder, of somebody's checkout or not: the commit that is checked out there.</summary>
    public const string Head = Prologue + """git -C "$1" rev-parse -q --verify 'HEAD^{commit}' """;

    /// <summary>$1 a checkout: how many commits of its own it has, then what was changed in it.</summary>
    public const string Checkout = Prologue + """
        cd -- "$1" && [ "$(git rev-parse --is-inside-work-tree)" = true ] || exit 1
        git rev-list --count HEAD --not --remotes=origin || exit 1
        git status --porcelain --untracked-files=no
        """;
}
