"""Whether a person's SQL may run: one SELECT over named views, with known functions.

DuckDB itself parses; here its tree is judged, part by part, against what is known to be harmless. Whatever is not known
is refused, so that nothing new in DuckDB is allowed by accident. Pure: nothing here runs anything.

Harmless also means that a query ends soon after it is told to. DuckDB looks for an interrupt between batches of 2,048
rows, so a function whose work or whose result grows much faster than its input is not allowed, or only with arguments
that bound it.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from workbench.errors import QueryFailedError, QueryRefusedError
from workbench.storage.streams import sentence

LONGEST_QUERY = 20_000
"""In characters."""
PARSE = "SELECT json_serialize_sql(?, skip_default := false, skip_empty := false, skip_null := false)"
"""Gives the tree of a query."""

_GUIDE = "docs/guides/history.md lists what can be used."
_MOST_GROWTH = 64
"""How many times longer than what is stored a text or a list may become by being put together."""
_MOST_NUMBERS = 10_000
"""How many numbers `range` may give within one row."""
_MOST_PADDING = 1_000
_LONGEST_PATTERN = 1_000
_MOST_REPETITIONS = 200
"""The product of the counts in a regular expression: so many times its cost for each character may grow."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words("+ - * / // % ^ ** & | ~ << >> @ || ^@ @> <@ && -> ->> ~~ !~~ ~~* !~~* ~~~")
SCALARS = _words(
    """abs acos acosh add age alias apply array_append array_cat array_concat array_contains array_distinct
    array_extract array_filter array_has array_has_all array_has_any array_indexof array_intersect array_length
    array_pop_back array_pop_front array_position array_prepend array_push_back array_push_front array_reverse
    array_reverse_sort array_select array_slice array_sort array_to_json array_to_string array_transform
    array_unique array_value array_where array_zip ascii asin asinh atan atan2 atanh base64 bin bit_count bit_length
    cardinality cbrt ceil ceiling century char_length character_length chr concat concat_ws contains cos cosh cot
    current_date current_localtime current_localtimestamp date_add date_diff date_part date_sub date_trunc datediff
    datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade decode degrees divide
    element_at encode ends_with epoch epoch_ms epoch_ns epoch_us era even exp fdiv filter flatten floor fmod format
    formatReadableDecimalSize formatReadableSize format_bytes from_base64 from_hex gcd generate_series
    get_current_time get_current_timestamp greatest greatest_common_divisor hash hex hour ilike_escape instr
    isfinite isinf isnan isodow isoyear json_array json_array_length json_contains json_exists json_extract
    json_extract_path json_extract_path_text json_extract_string json_keys json_object json_quote json_type
    json_valid json_value julian last_day lcase lcm least least_common_multiple left left_grapheme len length
    length_grapheme lgamma like_escape list_any_value list_append list_apply list_approx_count_distinct list_avg
    list_bool_and list_bool_or list_cat list_concat list_contains list_count list_distinct list_element list_entropy
    list_extract list_filter list_first list_has list_has_all list_has_any list_histogram list_indexof
    list_intersect list_last list_mad list_max list_median list_min list_mode list_pack list_position list_prepend
    list_product list_reverse list_reverse_sort list_select list_slice list_sort list_stddev_pop list_stddev_samp
    list_sum list_transform list_unique list_value list_var_pop list_var_samp list_where list_zip ln log log10 log2
    lower lpad ltrim make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz map
    map_concat map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values md5
    microsecond millennium millisecond minute mod month monthname multiply nanosecond nfc_normalize not_ilike_escape
    not_like_escape now nullif octet_length ord parse_formatted_bytes pi position pow power prefix printf quarter
    radians random range regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches
    regexp_replace regexp_split_to_array repeat replace reverse right right_grapheme round round_even row
    row_to_json rpad rtrim second sha256 sign sin sinh split split_part sqrt starts_with str_split str_split_regex
    strftime string_split string_split_regex string_to_array strip_accents strlen strpos strptime struct_concat
    struct_contains struct_extract struct_extract_at struct_has struct_indexof struct_insert struct_keys struct_pack
    struct_position struct_update struct_values substr substring substring_grapheme subtract suffix tan tanh
    time_bucket timezone timezone_hour timezone_minute to_base64 to_centuries to_days to_decades to_hex to_hours
    to_json to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp
    to_weeks to_years today transaction_timestamp translate trim trunc try_strptime typeof ucase unhex unicode
    unnest upper url_decode url_encode week weekday weekofyear xor year yearweek"""
)
AGGREGATES = _words(
    """any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_min arg_min_null
    argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop
    covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram json_group_array
    json_group_object kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean median min min_by mode
    product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp
    variance wavg weighted_avg"""
)
WINDOWS = _words(
    "cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number"
)
TABLE_FUNCTIONS = _words("generate_series json_each json_tree range unnest")

_FUNCTIONS = OPERATORS | {name.lower() for name in SCALARS} | AGGREGATES | WINDOWS
_JOINING = _words(
    """|| concat concat_ws array_append array_cat array_concat array_prepend array_push_back array_push_front
    list_append list_cat list_concat list_prepend map_concat"""
)
_PATTERN = {"~~", "!~~", "~~*", "!~~*", "~~~", "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"}
_REGEX = _words(
    """regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array
    str_split_regex string_split_regex"""
)
_CLASSES = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "LAMBDA",
    "OPERATOR",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "WINDOW",
}
_OPERATOR_TYPES = {
    "ARRAY_CONSTRUCTOR",
    "ARRAY_EXTRACT",
    "ARRAY_SLICE",
    "COMPARE_IN",
    "COMPARE_NOT_IN",
    "GROUPING_FUNCTION",
    "OPERATOR_COALESCE",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_IS_NULL",
    "OPERATOR_NOT",
    "OPERATOR_NULLIF",
    "OPERATOR_TRY",
    "STRUCT_EXTRACT",
}
_TABLES = {"EMPTY", "EXPRESSION_LIST", "JOIN", "PIVOT", "SUBQUERY"}
_MODIFIERS = {"DISTINCT_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER"}
_ORDERS = {"ASCENDING", "DESCENDING", "ORDER_DEFAULT"}
_PARTS = [
    {"when_expr", "then_expr"},
    {"key", "value"},
    {"catalog", "schema", "table", "column"},
    {"entries", "pivot_enum", "pivot_expressions", "unpivot_names"},
    {"alias", "star_expr", "values"},
    {"is_percentage", "method", "sample_size", "seed"},
]
"""Parts without a name of their own, by their fields."""
_TYPES = _words(
    """BIGINT BIT BLOB BOOLEAN CHAR DATE DECIMAL DOUBLE FLOAT HUGEINT INTEGER INTERVAL LIST MAP NULL SMALLINT STRUCT
    TIME TIMESTAMP TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_S TINYINT UBIGINT UHUGEINT UINTEGER USMALLINT UTINYINT UUID
    VARCHAR ARRAY"""
) | {"TIMESTAMP WITH TIME ZONE", "TIME WITH TIME ZONE"}
_COLLATIONS = _words("nocase noaccent nfc")

Node = Mapping[str, Any]  # JSON, as DuckDB writes it


def tree(serialized: str) -> Node:
    """The one statement that DuckDB has parsed.

    Raises QueryFailedError for what is not SQL, QueryRefusedError for what is not exactly one SELECT.
    """
    parsed: Node = msgspec.json.decode(serialized)
    if parsed["error"]:
        if parsed["error_type"] == "parser":
            raise QueryFailedError(f"{sentence(str(parsed['error_message']))}.", remedy="Correct the query.")
        raise QueryRefusedError(
            "Only a SELECT can be run here; it changes nothing.",
            remedy="Change things through the Workbench's own commands.",
        )
    statements: Sequence[Node] = parsed["statements"]
    if len(statements) != 1:
        raise QueryRefusedError(
            f"There are {len(statements)} statements here; one SELECT can be run at a time.", remedy="Send them singly."
        )
    return statements[0]


def check(statement: Node, views: Collection[str]) -> frozenset[str] | None:
    """The names of all columns that a harmless statement may read; None: any.

    Raises QueryRefusedError, which says why, unless the statement reads `views` alone and is harmless.
    """
    judge = _Judge(views)
    judge.subquery(statement, frozenset())
    return judge.read()


def clean(query: str) -> str:
    """A query that can be parsed. Raises QueryRefusedError."""
    if not query.strip():
        raise QueryRefusedError("There is no query here.", remedy="Write one: `select count(*) from messages`.")
    if len(query) > LONGEST_QUERY:
        raise QueryRefusedError(
            f"The query has {len(query):,} characters; the longest allowed has {LONGEST_QUERY:,}.",
            remedy="Shorten it.",
        )
    if "\x00" in query or query.encode("utf-8", "replace").decode() != query:
        raise QueryRefusedError("The query holds characters that are no text.", remedy="Remove them.")
    return query


class _Judge:
    """Goes through a tree once, and refuses at the first part that is not known."""

    def __init__(self, views: Collection[str]) -> None:
        self._views = frozenset(views)
        self._growth = 1
        """How much longer texts and lists may have become on the levels seen so far."""
        self._joined = 0
        """How many values are put together on the present level."""
        self._own: frozenset[str] | None = None
        """Inside a lambda: the names of its parameters."""
        self._columns: set[str] = set()
        self._alone: set[str] = set()
        """Names with nothing in front of them: columns, or whole rows of a table by its name."""
        self._tables = set(views)
        self._everything = False

    def read(self) -> frozenset[str] | None:
        """The names of all columns that what was seen may read; None: any."""
        return None if self._everything or self._alone & self._tables else frozenset(self._columns)

    def query(self, node: Node, scope: frozenset[str]) -> None:
        """A SELECT, a set operation or a recursive one. `scope`: the CTEs that it sees."""
        kind = node["type"]
        if kind not in ("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"):
            _unknown(kind)
        outside, self._joined = self._joined, 0
        for entry in node["cte_map"]["map"]:
            self._part({k: v for k, v in entry["value"].items() if k not in ("query", "materialized")}, scope, _CTE)
            self.subquery(entry["value"]["query"], scope)
            scope |= {entry["key"].lower()}
        for name, value in node.items():
            inner = scope | {node["cte_name"].lower()} if kind == "RECURSIVE_CTE_NODE" and name == "right" else scope
            if name in ("left", "right"):
                self.query(value, inner)
            elif name not in ("type", "cte_map"):
                self._any(value, inner)
        self._growth *= 1 + self._joined
        self._joined = outside
        if self._growth > _MOST_GROWTH:
            _refuse("Putting so many texts or lists together", "Put fewer together, or do it in Python.")

    def subquery(self, statement: Node, scope: frozenset[str]) -> None:
        """A statement whole."""
        if statement["named_param_map"]:
            _refuse("Parameters", "Write the values into the query.")
        self.query(statement["node"], scope)

    def _any(self, value: object, scope: frozenset[str]) -> None:
        if isinstance(value, list):
            for one in value:
                self._any(one, scope)
        elif isinstance(value, dict):
            if "class" in value:
                self._expression(value, scope)
            elif value.keys() == {"node", "named_param_map"}:
                self.subquery(value, scope)
            elif "id" in value and "type_info" in value:
                _check_type(value)
            elif value.keys() in ({"type", "is_null"}, {"type", "is_null", "value"}):
                pass  # a constant
            elif "type" in value:
                self._named(value, scope)
            elif value.keys() in _PARTS:
                self._part(value, scope)
            else:
                _unknown(" ".join(value))

    def _part(self, node: Node, scope: frozenset[str], known: Collection[str] = ()) -> None:
        if known and node.keys() != set(known):
            _unknown(" ".join(node))
        for value in node.values():
            self._any(value, scope)

    def _named(self, node: Node, scope: frozenset[str]) -> None:
        """A table, or what comes behind a SELECT."""
        kind = node["type"]
        self._tables.add(str(node.get("alias", "")).lower())
        self._columns.update(name.lower() for name in node.get("using_columns", ()))
        self._everything |= kind in ("PIVOT", "SHOW_REF") or node.get("ref_type") == "NATURAL"
        if kind == "BASE_TABLE":
            self._table(node, scope)
        elif kind == "TABLE_FUNCTION":
            self._table_function(node, scope)
        elif kind == "SHOW_REF":
            if node["query"] is None or node["show_type"] not in ("DESCRIBE", "SUMMARY"):
                _refuse("SHOW", f"DESCRIBE messages shows the columns of a view. {_GUIDE}")
            self.query(node["query"], scope)
        elif kind in _TABLES or kind in _MODIFIERS or kind in _ORDERS:
            if kind == "PIVOT" and any(pivot["pivot_enum"] for pivot in node["pivots"]):
                _refuse("PIVOT over a type", "Name the values behind IN.")
            self._part(node, scope)
        else:
            _unknown(kind)

    def _table(self, node: Node, scope: frozenset[str]) -> None:
        name = str(node["table_name"])
        if node["catalog_name"] or node["schema_name"]:
            qualified = ".".join(filter(None, (node["catalog_name"], node["schema_name"], name)))
            _refuse(f"The table {qualified!r}", f"Use one of {_listed(self._views)}, without anything in front.")
        if name.lower() not in scope and name.lower() not in self._views:
            if re.search(r"[./\\*:]", name):
                _refuse(
                    f"Reading the file {name!r}", f"Use one of {_listed(self._views)}; polars can join files to it."
                )
            _refuse(f"The table {name!r}", f"Use one of {_listed(self._views)}.")
        if node["at_clause"] is not None:
            _refuse("AT", "Leave it out; there is one version of each row.")

    def _table_function(self, node: Node, scope: frozenset[str]) -> None:
        function: Node = node["function"]
        name = str(function.get("function_name", "")).lower()
        if function["class"] != "FUNCTION" or name not in TABLE_FUNCTIONS or function["catalog"] or function["schema"]:
            _refuse(f"The table function {name!r}", f"Of these, {_listed(TABLE_FUNCTIONS)} can be used.")
        self._any(function["children"], scope)

    def _expression(self, node: Node, scope: frozenset[str]) -> None:
        kind = node["class"]
        if kind == "PARAMETER":
            _refuse("A parameter", "Write the value into the query.")
        if kind not in _CLASSES or (kind == "OPERATOR" and node["type"] not in _OPERATOR_TYPES):
            _unknown(node["type"])
        if kind in ("FUNCTION", "WINDOW"):
            self._function(node)
        elif kind == "COLLATE" and str(node["collation"]).lower() not in _COLLATIONS:
            _refuse(f"The collation {node['collation']!r}", f"Use one of {_listed(_COLLATIONS)}.")
        elif kind == "COLUMN_REF":
            self._column([name.lower() for name in node["column_names"]])
        self._everything |= kind in ("STAR", "POSITIONAL_REFERENCE")
        if kind == "LAMBDA":
            self._lambda(node, scope)
        elif kind != "CONSTANT":
            self._part(node, scope)

    def _column(self, names: Sequence[str]) -> None:
        if self._own is not None and names[0] not in self._own:
            _refuse(f"{names[0]!r} inside a lambda", "A lambda can use its own parameter alone.")
        self._columns.update(names)
        if len(names) == 1:
            self._alone.add(names[0])

    def _lambda(self, node: Node, scope: frozenset[str]) -> None:
        if self._own is not None:
            _refuse("A lambda inside a lambda", "Use unnest, and group again.")
        given = [node["lhs"], *node["lhs"].get("children", ())]
        self._own = frozenset(names[0].lower() for one in given if (names := one.get("column_names")))
        self._any(node["expr"], scope)
        self._own = None

    def _function(self, node: Node) -> None:
        name = str(node["function_name"]).lower()
        if node["catalog"] or node["schema"] not in ("", "main") or name not in _FUNCTIONS:
            _refuse(f"The function {name!r}", _GUIDE)
        arguments: Sequence[Node] = node["children"]
        if name in _JOINING:
            self._joined += sum(not _is_constant(argument) for argument in arguments[1:])
        elif name == "repeat":
            self._joined += max(0, _number(name, arguments, 1, _MOST_GROWTH) - 1)
        elif name in ("lpad", "rpad"):
            _number(name, arguments, 1, _MOST_PADDING)
        elif name in ("range", "generate_series"):
            _check_range(name, arguments, within=self._own is not None)
        elif name in ("replace", "regexp_replace") and not _is_constant(_at(arguments, 2)):
            _refuse(f"{name} with a replacement from a column", "Write the replacement into the query.")
        elif name in ("format", "printf"):
            _check_format(name, _constant(name, arguments, 0))
        if name in _PATTERN:
            _check_pattern(name, _constant("LIKE", arguments, 1))
        elif name in _REGEX:
            _check_regex(_constant(name, arguments, 1))


_CTE = ("aliases", "key_targets")


def _check_type(node: Node) -> None:
    kind, info = node["id"], node["type_info"] or {}
    if kind == "UNBOUND":
        name = str(info["name"])
        if info["catalog"] or info["schema"] or name.upper() not in _TYPES | {"JSON"} or info["user_type_modifiers"]:
            _refuse(f"The type {name!r}", "Use one of DuckDB's plain types.")
    elif kind not in _TYPES:
        _refuse(f"The type {kind}", "Use one of DuckDB's plain types.")
    inner = [info["child_type"]] if "child_type" in info else [c["second"] for c in info.get("child_types", ())]
    for one in inner:
        _check_type(one)


def _at(arguments: Sequence[Node], position: int) -> Node:
    return arguments[position] if position < len(arguments) else {"class": "CONSTANT", "value": {"value": ""}}


def _is_constant(node: Node) -> bool:
    return bool(node["class"] == "CONSTANT")


def _constant(name: str, arguments: Sequence[Node], position: int) -> str:
    """A text that stands in the query itself."""
    argument = _at(arguments, position)
    if not _is_constant(argument):
        _refuse(
            f"{name} with a pattern from a column", "Write the pattern into the query, or use contains(text, part)."
        )
    return str(argument["value"].get("value", ""))


def _number(name: str, arguments: Sequence[Node], position: int, most: int) -> int:
    number = _whole(_at(arguments, position))
    if number is None or number > most:
        _refuse(f"{name} to more than {most:,}, or as far as a column says", f"Write a number up to {most:,}.")
    return number


def _whole(node: Node) -> int | None:
    """The whole number that a node is; None for anything else."""
    if node["class"] == "FUNCTION" and node["function_name"] == "-" and len(node["children"]) == 1:
        inside = _whole(node["children"][0])
        return None if inside is None else -inside
    value = node["value"].get("value") if _is_constant(node) else None
    return value if isinstance(value, int) else None


def _check_range(name: str, arguments: Sequence[Node], *, within: bool) -> None:
    numbers = [_whole(argument) for argument in arguments]
    first, last, step = (0, *numbers, 1) if len(numbers) == 1 else (*numbers, 1, 1)[:3]
    if within or first is None or last is None or not step or abs(last - first) / abs(step) > _MOST_NUMBERS:
        _refuse(
            f"{name} within a row, unless it gives up to {_MOST_NUMBERS:,} whole numbers",
            f"Put it behind FROM: `from {name}(…) as t(n)`.",
        )


def _check_format(name: str, pattern: str) -> None:
    if re.search(r"\d{3}|\*|\{[^}]*\{", pattern):
        _refuse(f"{name} with such a width", "Use a width below 100.")


def _check_pattern(name: str, pattern: str) -> None:
    """DuckDB's LIKE tries every way to lay a pattern with several stars, but for its plainest form."""
    star = "*" if name == "~~~" else "%"
    plainest = name in ("~~", "!~~") and "_" not in pattern
    if not plainest and len(re.findall(f"{re.escape(star)}+", pattern.rstrip(star))) > 1:
        _refuse(
            f"The pattern {pattern!r}, which could take forever",
            "Use regexp_matches(text, 'one.*two', 'is'), which always ends.",
        )


def _check_regex(pattern: str) -> None:
    counts = (int(count) for found in re.findall(r"\{(\d+(?:,\d*)?)\}", pattern) for count in found.split(",") if count)
    if len(pattern) > _LONGEST_PATTERN or math.prod(max(1, count) for count in counts) > _MOST_REPETITIONS:
        _refuse(
            "A regular expression of this size",
            f"Use up to {_LONGEST_PATTERN:,} characters, and counts whose product is up to {_MOST_REPETITIONS}.",
        )


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _unknown(kind: object) -> NoReturn:
    _refuse(f"{str(kind).replace('_', ' ').lower()!r}", f"Write it another way. {_GUIDE}")


def _refuse(what: str, remedy: str) -> NoReturn:
    raise QueryRefusedError(f"{what} cannot be used in a query here.", remedy=remedy)


def functions() -> Iterator[tuple[str, frozenset[str]]]:
    """The functions that can be used, for the documentation."""
    yield "values", SCALARS
    yield "many rows", AGGREGATES
    yield "windows (OVER)", WINDOWS
    yield "behind FROM", TABLE_FUNCTIONS
