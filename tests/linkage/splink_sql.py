"""Works off the SQL that was written for Splink in DuckDB, and says where it differs.

Standard input is JSON: columns, rows of values (empty where missing), settings, the label of each
comparison's level for each pair, and of each blocking rule the
pairs. Exit code 77: no DuckDB.
"""

import json
import sys

try:
    import duckdb
except ImportError:
    sys.exit(77)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def main():
    given = json.load(sys.stdin)
    columns, base = given["columns"], duckdb.connect()
    base.execute("SET TimeZone = 'UTC'")
    kinds = ", ".join(f"{quoted(name)} VARCHAR" for name in columns)
    base.execute(f"CREATE TABLE t (unique_id INTEGER, {kinds})")
    marks = ", ".join("?" for _ in range(len(columns) + 1))
    for place, row in enumerate(given["rows"]):
        base.execute(f"INSERT INTO t VALUES ({marks})", [place] + [value or None for value in row])
    wrong = checked = 0
    labels = levels(base, columns, given["settings"]["comparisons"])
    for (one, other, ours), theirs in zip(given["levels"], labels, strict=True):
        assert [one, other] == list(theirs[:2])
        for compared, own, their in zip(given["settings"]["comparisons"], ours, theirs[2:]):
            known = [level["label_for_charts"] for level in compared["comparison_levels"]]
            if own not in known:
                # SQL has nothing for this level: the note says so.
                continue
            checked += 1
            if own != their:
                wrong += 1
                rows = (given["rows"][one], given["rows"][other])
                show(wrong, compared["output_column_name"], own, their, rows)
    for rule, ours in zip(given["settings"]["blocking_rules_to_generate_predictions"], given["found"]):
        sql = rule["blocking_rule"]
        pairs = base.execute(
            f"SELECT l.unique_id, r.unique_id FROM t l JOIN t r ON l.unique_id < r.unique_id AND ({sql})"
        ).fetchall()
        swaps, ours, theirs = ours["swaps"], {tuple(pair) for pair in ours["pairs"]}, set(pairs)
        checked += 1
        for one, other in sorted(ours ^ theirs):
            if (one, other) in ours and are_swapped(given["rows"], one, other, swaps):
                continue
            wrong += 1
            side = "ours" if (one, other) in ours else "DuckDB's"
            show(wrong, sql, "a pair is only", side, (given["rows"][one], given["rows"][other]))
    print(f"{checked} answers of DuckDB {duckdb.__version__}, {wrong} differ")
    sys.exit(1 if wrong else 0)


def levels(base, columns, comparisons):
    """The label of each comparison for each pair, in order."""
    cases = []
    for compared in comparisons:
        whens = []
        for level in compared["comparison_levels"]:
            label = "'" + level["label_for_charts"].replace("'", "''") + "'"
            sql = level["sql_condition"]
            whens.append(f"ELSE {label}" if sql == "ELSE" else f"WHEN {sql} THEN {label}")
        cases.append("CASE " + " ".join(whens) + " END")
    both = ", ".join(
        f"{side}.{quoted(name)} AS {quoted(name + '_' + side)}" for name in columns for side in "lr"
    )
    pairs = (
        f"SELECT l.unique_id AS one, r.unique_id AS other, {both} "
        "FROM t l JOIN t r ON l.unique_id < r.unique_id"
    )
    sql = f"SELECT one, other, {', '.join(cases)} FROM ({pairs}) ORDER BY one, other"
    return base.execute(sql).fetchall()


def are_swapped(rows, one, other, letters):
    """Whether so many first letters of the first two columns stand in each other's place."""
    (first, last), (here, there) = (
        [name[:letters] for name in rows[place][:2]] for place in (one, other)
    )
    return letters > 0 and first == there and last == here


def show(count, what, ours, theirs, rows):
    if count <= 40:
        print(f"{what}: {ours} | {theirs} | {rows[0]} | {rows[1]}")


main()
