"""Reading a SELECT or ASK query into a tree.

A reader of its own and not a general one: it takes time in proportion to the query, nests no
deeper than the guard lets a query nest, and says so when it meets what it does not know. The
engine has the last word on what is SPARQL; this only has to understand what the engine accepts.
"""

import re
from urllib.parse import urljoin

from kg.algebra.tree import (
    Alternative,
    Bind,
    Closure,
    Either,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Inverse,
    Key,
    Minus,
    Optional,
    Path,
    Projected,
    Select,
    Sequence,
    Term,
    Triple,
    Unlisted,
    Values,
)
from kg.engines.guard import check
from kg.engines.limits import Limits
from kg.engines.tokens import Token, tokens
from kg.errors import UnreadableQueryError
from kg.namespaces import PREFIXES

_TYPE = f"<{PREFIXES['rdf']}type>"
_FIRST = f"<{PREFIXES['rdf']}first>"
_REST = f"<{PREFIXES['rdf']}rest>"
_NIL = f"<{PREFIXES['rdf']}nil>"
_END = Token("end", "", -1)
_ESCAPE = re.compile(r"\\(.)")
_FORMS = frozenset(("SELECT", "ASK"))
_ENDS = frozenset(("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))


def parse(sparql: str, limits: Limits | None = None) -> Select:
    """The tree of a query.

    Args:
        sparql: a query that the engine accepts; the prefixes of `kg.namespaces` need no
            declaration.
        limits: how long and deep it may be.

    Raises:
        UnreadableQueryError: it is no SELECT or ASK, or has syntax that is not SPARQL 1.1.
        QueryError: the guard refuses it.
    """
    checked = check(sparql, limits or Limits(), _AnyGraph())
    if checked.form not in _FORMS:
        raise UnreadableQueryError(f"{checked.form} gives no rows: only SELECT and ASK are read")
    return _Parser(list(tokens(checked.source))).query()


class _AnyGraph:
    """Which graphs a query may name is the engine's affair."""

    def __contains__(self, iri: object) -> bool:
        return True


class _Parser:
    """A reading from left to right with one token of foresight."""

    def __init__(self, read: list[Token]) -> None:
        self._tokens = read
        self._at = 0
        self._prefixes = dict(PREFIXES)
        self._base = ""
        self._blanks: dict[str, Term] = {}
        used = {token.text[1:] for token in read if token.kind == "variable"}
        self._stem = "b"
        while any(name.startswith(self._stem) for name in used):
            self._stem += "_"

    # Tokens.

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _is(self, *texts: str) -> bool:
        token = self._next
        return token.kind in ("word", "mark", "end") and token.text.upper() in texts

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _accept(self, *texts: str) -> bool:
        if not self._is(*texts):
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unknown()

    def _unknown(self) -> UnreadableQueryError:
        found = f"'{self._next.text}'" if self._next is not _END else "the end"
        return UnreadableQueryError(f"{found} is syntax that is not read here")

    def _fresh(self) -> Term:
        name = f"?{self._stem}{len(self._blanks)}"
        self._blanks[name] = name
        return name

    # The query.

    def query(self) -> Select:
        """The whole query."""
        while self._is("PREFIX", "BASE"):
            self._declaration()
        select = self._select()
        if self._next is not _END:
            raise self._unknown()
        return select

    def _declaration(self) -> None:
        if self._take().text.upper() == "BASE":
            self._base = self._resolved(self._take())
            return
        prefix = self._take().text.partition(":")[0]
        self._prefixes[prefix] = self._resolved(self._take())

    def _resolved(self, token: Token) -> str:
        if token.kind != "iri":
            raise self._unknown()
        iri = token.text[1:-1]
        return urljoin(self._base, iri) if self._base else iri

    def _select(self) -> Select:
        form = "SELECT"
        projection: tuple[Projected, ...] | None = ()
        if self._accept("ASK"):
            form = "ASK"
        else:
            self._expect("SELECT")
            for word in ("DISTINCT", "REDUCED"):
                form += f" {word}" if self._accept(word) else ""
            projection = self._projection()
        dataset = self._dataset()
        self._accept("WHERE")
        where = self._group()
        keys = self._keys()
        having = self._conditions("HAVING")
        order = self._order()
        limit, offset = self._slice()
        values = self._values() if self._accept("VALUES") else None
        return Select(where, projection, form, dataset, keys, having, order, limit, offset, values)

    def _projection(self) -> tuple[Projected, ...] | None:
        if self._accept("*"):
            return None
        found: list[Projected] = []
        while True:
            if self._next.kind == "variable":
                found.append(Projected(self._variable()))
            elif self._accept("("):
                expression = self._until("AS")
                self._expect("AS")
                found.append(Projected(self._variable(), expression))
                self._expect(")")
            elif found:
                return tuple(found)
            else:
                raise self._unknown()

    def _dataset(self) -> tuple[str, ...]:
        found = []
        while self._accept("FROM"):
            named = "NAMED " if self._accept("NAMED") else ""
            found.append(f"FROM {named}{self._term()}")
        return tuple(found)

    def _keys(self) -> tuple[Key, ...]:
        if not self._accept("GROUP"):
            return ()
        self._expect("BY")
        found = []
        while self._next is not _END and not self._is("}", *_ENDS):
            if self._next.kind == "variable":
                variable = self._variable()
                found.append(Key(Expression((variable,)), variable))
            elif self._accept("("):
                expression = self._until("AS", ")")
                named = self._variable() if self._accept("AS") else None
                self._expect(")")
                found.append(Key(expression, named))
            else:
                found.append(Key(self._call(), None))
        return tuple(found)

    def _conditions(self, word: str) -> tuple[Expression, ...]:
        if not self._accept(word):
            return ()
        found = [self._constraint()]
        while self._next is not _END and not self._is("}", "ORDER", "LIMIT", "OFFSET", "VALUES"):
            found.append(self._constraint())
        return tuple(found)

    def _order(self) -> tuple[Expression, ...]:
        if not self._accept("ORDER"):
            return ()
        self._expect("BY")
        found = []
        while self._next is not _END and not self._is("}", "LIMIT", "OFFSET", "VALUES"):
            if self._next.kind == "variable":
                found.append(Expression((self._variable(),)))
            elif self._is("ASC", "DESC"):
                word = self._take().text.upper()
                found.append(Expression((word, *self._bracketed().parts)))
            elif self._is("("):
                found.append(self._bracketed())
            else:
                found.append(self._call())
        return tuple(found)

    def _slice(self) -> tuple[str | None, str | None]:
        found: dict[str, str] = {}
        while self._is("LIMIT", "OFFSET"):
            word = self._take().text.upper()
            found[word] = self._take().text
        return found.get("LIMIT"), found.get("OFFSET")

    # Groups.

    def _group(self) -> Group:
        self._expect("{")
        if self._is("SELECT"):
            select = self._select()
            self._expect("}")
            return Group((select,))
        elements: list[Element] = []
        while not self._accept("}"):
            if not self._accept("."):
                elements += self._elements()
        return Group(tuple(elements))

    def _elements(self) -> list[Element]:
        if self._is("{"):
            branches = [self._group()]
            while self._accept("UNION"):
                branches.append(self._group())
            return [Either(tuple(branches))]
        if self._accept("OPTIONAL"):
            return [Optional(self._group())]
        if self._accept("MINUS"):
            return [Minus(self._group())]
        if self._accept("GRAPH"):
            return [Graph(self._term(), self._group())]
        if self._accept("FILTER"):
            return [Filter(self._constraint())]
        if self._accept("BIND"):
            self._expect("(")
            expression = self._until("AS")
            self._expect("AS")
            variable = self._variable()
            self._expect(")")
            return [Bind(expression, variable)]
        if self._accept("VALUES"):
            return [self._values()]
        return self._triples()

    def _values(self) -> Values:
        if self._next.kind == "variable":
            variable = self._variable()
            self._expect("{")
            return Values((variable,), tuple((term,) for term in self._data("}")))
        self._expect("(")
        variables = []
        while not self._accept(")"):
            variables.append(self._variable())
        self._expect("{")
        rows = []
        while not self._accept("}"):
            self._expect("(")
            rows.append(tuple(self._data(")")))
        return Values(tuple(variables), tuple(rows))

    def _data(self, end: str) -> list[Term]:
        found = []
        while not self._accept(end):
            found.append("UNDEF" if self._accept("UNDEF") else self._term())
        return found

    # Triples.

    def _triples(self) -> list[Element]:
        found: list[Element] = []
        has_own = self._is("[", "(")
        subject = self._node(found)
        if not (has_own and self._is(".", "}")):
            self._properties(subject, found)
        return found

    def _properties(self, subject: Term, found: list[Element]) -> None:
        while True:
            path = self._variable() if self._next.kind == "variable" else self._path()
            while True:
                place = len(found)
                found.insert(place, Triple(subject, path, self._node(found)))
                if not self._accept(","):
                    break
            if not self._accept(";"):
                return
            while self._accept(";"):
                pass
            if self._is(".", "}", "]") or self._is(*_STARTS):
                return

    def _node(self, found: list[Element]) -> Term:
        if self._accept("["):
            node = self._fresh()
            if not self._accept("]"):
                self._properties(node, found)
                self._expect("]")
            return node
        if self._accept("("):
            return self._collection(found)
        return self._term()

    def _collection(self, found: list[Element]) -> Term:
        members = []
        while not self._accept(")"):
            members.append(self._node(found))
        rest = _NIL
        for member in reversed(members):
            node = self._fresh()
            found += [Triple(node, _FIRST, member), Triple(node, _REST, rest)]
            rest = node
        return rest

    def _path(self) -> Path:
        choices = [self._sequence()]
        while self._accept("|"):
            choices.append(self._sequence())
        return choices[0] if len(choices) == 1 else Alternative(tuple(choices))

    def _sequence(self) -> Path:
        steps = [self._step()]
        while self._accept("/"):
            steps.append(self._step())
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))

    def _step(self) -> Path:
        if self._accept("^"):
            return Inverse(self._repeated())
        return self._repeated()

    def _repeated(self) -> Path:
        path = self._primary()
        if self._is("*", "+", "?"):
            return Closure(path, self._take().text)
        return path

    def _primary(self) -> Path:
        if self._accept("!"):
            return self._unlisted()
        if self._accept("("):
            path = self._path()
            self._expect(")")
            return path
        return self._property()

    def _unlisted(self) -> Unlisted:
        forward: list[Term] = []
        backward: list[Term] = []
        has_brackets = self._accept("(")
        while not (has_brackets and self._accept(")")):
            (backward if self._accept("^") else forward).append(self._property())
            if not has_brackets:
                break
            self._accept("|")
        return Unlisted(tuple(forward), tuple(backward))

    def _property(self) -> Term:
        if self._next.kind == "word" and self._next.text == "a":
            self._at += 1
            return _TYPE
        if self._next.kind not in ("iri", "name"):
            raise self._unknown()
        return self._term()

    # Terms.

    def _variable(self) -> Term:
        if self._next.kind != "variable":
            raise self._unknown()
        return "?" + self._take().text[1:]

    def _term(self) -> Term:
        token = self._next
        if token.kind == "variable":
            return self._variable()
        if token.kind == "blank":
            self._at += 1
            if token.text not in self._blanks:
                self._blanks[token.text] = self._fresh()
            return self._blanks[token.text]
        if token.kind in ("iri", "name"):
            return self._iri()
        if token.kind == "string":
            return self._literal()
        if self._is("+", "-"):
            return self._take().text + self._number()
        if self._is("TRUE", "FALSE"):
            return self._take().text.lower()
        return self._number()

    def _number(self) -> Term:
        if self._next.kind != "number":
            raise self._unknown()
        return self._take().text

    def _iri(self) -> Term:
        token = self._take()
        if token.kind == "iri":
            return f"<{self._resolved(token)}>"
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise self._unknown()
        unescaped = _ESCAPE.sub(r"\1", local)
        return f"<{self._prefixes[prefix]}{unescaped}>"

    def _literal(self) -> Term:
        text = self._take().text
        if self._next.kind == "language":
            if "--" in self._next.text:
                raise self._unknown()
            return text + self._take().text
        if self._accept("^^"):
            return f"{text}^^{self._iri()}"
        return text

    # Expressions.

    def _constraint(self) -> Expression:
        return self._bracketed() if self._is("(") else self._call()

    def _call(self) -> Expression:
        """A function with its arguments, or EXISTS."""
        parts: list[str | Exists] = []
        if self._is("EXISTS", "NOT"):
            return Expression((self._exists(),))
        parts.append(self._iri() if self._next.kind in ("iri", "name") else self._take().text)
        return Expression((*parts, *self._bracketed().parts))

    def _bracketed(self) -> Expression:
        self._expect("(")
        inner = self._until(")")
        self._expect(")")
        return Expression(("(", *inner.parts, ")"))

    def _until(self, *ends: str) -> Expression:
        """The tokens of an expression up to one of these, which stands outside brackets."""
        parts: list[str | Exists] = []
        while not self._is(*ends):
            if self._is("EXISTS", "NOT") and self._begins_exists():
                parts.append(self._exists())
            elif self._is("("):
                parts += self._bracketed().parts
            elif self._next.kind in ("iri", "name"):
                parts.append(self._iri())
            elif self._next.kind == "string":
                parts.append(self._literal())
            elif self._next.kind == "variable":
                parts.append(self._variable())
            elif self._next is _END or self._is("{", "}", "<<", ">>"):
                raise self._unknown()
            else:
                parts.append(self._take().text)
        return Expression(tuple(parts))

    def _begins_exists(self) -> bool:
        return self._is("EXISTS") or (
            self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].text.upper() == "EXISTS"
        )

    def _exists(self) -> Exists:
        is_negated = self._accept("NOT")
        self._expect("EXISTS")
        return Exists(self._group(), is_negated)


_STARTS = ("OPTIONAL", "MINUS", "GRAPH", "FILTER", "BIND", "VALUES", "{")
