r"""Which formulas a page may be given to typeset.

MathJax, as Jupyter sets it up, also has commands that link, style, name and load (`\href`, `\bbox`, `\mmlToken`,
`\require`, …), that define others, and that take any room on the page. What a model writes is therefore typeset only
if every command in it is on this list, which was read off the command tables of MathJax 2 and 3: symbols, letters,
structure, chemistry. Everything else in a page is kept from MathJax.
"""

import re
from html import escape

LONGEST = 4000
"""Longer formulas are shown as their source: nobody reads them, and they take long to set."""
DEEPEST = 40

_COMMAND = re.compile(r"\\([a-zA-Z]+|.|$)", re.DOTALL)
_BEGIN_OR_END = re.compile(r"\\(?:begin|end)\s*(?:\{\s*([^{}]*?)\s*\})?")
_FAR = re.compile(
    r"(?:\\[hm]space\*?\s*\{|\\(?:\\|cr|newline)\s*\*?\s*\[|[pmbw]\s*(?:\{\w\}\s*)?\{)\s*[-+]?0*\d{3,}", re.IGNORECASE
)
"""A space, or a column of an array, of a hundred or more of anything."""

_SIGNS = frozenset(",:>;! \n{}|\\%$#&_()[]'\"`^~=.-/")

_LETTERS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi
omega varepsilon vartheta varpi varrho varsigma varphi Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
digamma varkappa varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega S aleph
beth gimel daleth hbar hslash imath jmath ell wp Re Im partial infty prime backprime emptyset varnothing nabla top bot
angle measuredangle sphericalangle triangle triangledown blacktriangle blacktriangledown backslash forall exists
nexists neg lnot flat natural sharp clubsuit diamondsuit heartsuit spadesuit square Box blacksquare lozenge
blacklozenge Diamond circledS circledR bigstar complement mho eth Finv diagup diagdown Game Bbbk yen checkmark maltese
dagger ddagger TeX LaTeX degree celsius
"""
_OPERATORS = """
surd coprod bigvee bigwedge biguplus bigcap bigcup int intop iint iiint iiiint idotsint oint prod sum bigotimes
bigoplus bigodot bigsqcup smallint triangleleft triangleright bigtriangleup bigtriangledown wedge land vee lor cap cup
sqcap sqcup uplus amalg diamond bullet wr div odot oslash otimes ominus oplus mp pm circ bigcirc setminus cdot ast
times star dotplus ltimes smallsetminus rtimes Cap doublecap leftthreetimes Cup doublecup rightthreetimes barwedge
curlywedge veebar curlyvee doublebarwedge boxminus circleddash boxtimes circledast boxdot circledcirc boxplus
centerdot divideontimes intercal propto sqsubseteq sqsupseteq parallel mid dashv vdash leq le geq ge lt gt succ prec
approx succeq preceq supset subset supseteq subseteq in ni notin owns gg ll sim simeq perp equiv asymp smile frown ne
neq cong doteq bowtie models leqq geqq leqslant geqslant eqslantless eqslantgtr lesssim gtrsim lessapprox gtrapprox
approxeq lessdot gtrdot lll llless ggg gggtr lessgtr gtrless lesseqgtr gtreqless lesseqqgtr gtreqqless doteqdot Doteq
eqcirc risingdotseq fallingdotseq circeq triangleq backsim thicksim backsimeq thickapprox subseteqq supseteqq Subset
Supset sqsubset sqsupset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim succsim precapprox succapprox
vartriangleleft lhd vartriangleright rhd trianglelefteq unlhd trianglerighteq unrhd vDash Vdash Vvdash smallsmile
shortmid smallfrown shortparallel bumpeq between Bumpeq pitchfork varpropto backepsilon blacktriangleleft
blacktriangleright therefore because eqsim vartriangle Join nless ngtr nleq ngeq nleqslant ngeqslant nleqq ngeqq lneq
gneq lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nprec nsucc npreceq nsucceq precneqq succneqq
precnsim succnsim precnapprox succnapprox nsim ncong nshortmid nshortparallel nmid nparallel nvdash nvDash nVdash
nVDash ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq nsubseteq nsupseteq nsubseteqq nsupseteqq
subsetneq supsetneq varsubsetneq varsupsetneq subsetneqq supsetneqq varsubsetneqq varsupsetneqq coloneqq Coloneqq
coloneq Coloneq eqqcolon Eqqcolon eqcolon Eqcolon dblcolon bigtimes ldots cdots vdots ddots dotsc dotsb dotsm dotsi
dotso dots ldotp cdotp colon
"""
_ARROWS = """
Leftrightarrow Leftarrow Rightarrow leftrightarrow leftarrow gets rightarrow to mapsto leftharpoonup leftharpoondown
rightharpoonup rightharpoondown nearrow searrow nwarrow swarrow rightleftharpoons leftrightharpoons hookrightarrow
hookleftarrow longleftarrow Longleftarrow longrightarrow Longrightarrow Longleftrightarrow longleftrightarrow
longmapsto uparrow downarrow updownarrow Uparrow Downarrow Updownarrow leftleftarrows rightrightarrows leftrightarrows
rightleftarrows Lleftarrow Rrightarrow twoheadleftarrow twoheadrightarrow leftarrowtail rightarrowtail looparrowleft
looparrowright curvearrowleft curvearrowright circlearrowleft circlearrowright Lsh Rsh upuparrows downdownarrows
upharpoonleft upharpoonright downharpoonleft restriction multimap downharpoonright leftrightsquigarrow rightsquigarrow
leadsto dashrightarrow dashleftarrow nleftarrow nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow
implies impliedby iff xrightarrow xleftarrow xleftrightarrow xLeftarrow xRightarrow xLeftrightarrow xhookleftarrow
xhookrightarrow xmapsto xrightleftharpoons xleftrightharpoons xlongequal xtofrom
"""
_FUNCTIONS = """
arcsin arccos arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr
sec sin sinh sup tan tanh injlim projlim varliminf varlimsup varinjlim varprojlim operatorname limits nolimits bmod
pmod mod pod bra ket braket set Bra Ket Braket Set ketbra
"""
_FONTS = """
displaystyle textstyle scriptstyle scriptscriptstyle rm mit cal it bf scr frak sf tt mathrm mathup mathnormal mathbf
mathit mathbfit mathbb Bbb mathfrak mathbffrak mathscr mathbfscr mathsf mathbfsf mathsfit mathtt mathcal mathbfcal
symbf symrm symit symbb symcal symscr symfrak symsf symtt boldsymbol bm pmb text textrm textup textnormal textit
textbf textsf texttt mbox hbox emph tiny scriptsize small normalsize large Large LARGE huge Huge color textcolor
"""
_STRUCTURE = """
left right middle lvert rvert lVert rVert vert Vert ulcorner urcorner llcorner lrcorner lmoustache rmoustache lgroup
rgroup arrowvert Arrowvert bracevert rangle langle rbrace lbrace rceil lceil rfloor lfloor lbrack rbrack lparen rparen
big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm mathord mathop mathopen mathclose
mathbin mathrel mathpunct mathinner overline underline overbrace underbrace overparen underparen overbracket
underbracket overrightarrow underrightarrow overleftarrow underleftarrow overleftrightarrow underleftrightarrow
overset underset overunderset stackrel over atop brace brack choose frac tfrac dfrac cfrac binom tbinom
dbinom sqrt root acute grave ddot dddot ddddot tilde bar breve check hat vec dot mathring widetilde widehat not
centernot skew sideset substack boxed fbox phantom vphantom hphantom smash strut mathstrut llap rlap mathllap mathrlap
mathclap cancel bcancel xcancel cancelto prescript cramped quad qquad enspace thinspace negthinspace medspace
negmedspace thickspace negthickspace nobreakspace space hspace mspace hfill nonumber notag tag newline cr hline
hdashline begin end matrix pmatrix cases array displaylines ce pu
"""
_ALLOWED = frozenset(" ".join([_LETTERS, _OPERATORS, _ARROWS, _FUNCTIONS, _FONTS, _STRUCTURE]).split())

_ENVIRONMENTS_TEXT = """
array equation eqnarray align alignat aligned alignedat flalign gather gathered multline multlined split subarray
matrix smallmatrix pmatrix bmatrix Bmatrix vmatrix Vmatrix cases dcases rcases CD
"""
_ENVIRONMENTS = frozenset(_ENVIRONMENTS_TEXT.split())


def as_text(text: str) -> str:
    """Text as HTML; its dollars and backslashes stand apart, so that no typesetter takes them for a formula's ends."""
    return re.sub(r"[$\\]", lambda found: f"<span>{found[0]}</span>", escape(text))


def is_harmless(formula: str) -> bool:
    """Whether the formula only has commands that draw symbols, of a bearable size."""
    return (
        len(formula) <= LONGEST
        and _depth(formula) <= DEEPEST
        and not _FAR.search(formula)
        and all(found[1] in _ALLOWED or found[1] in _SIGNS for found in _COMMAND.finditer(formula))
        and all((found[1] or "").removesuffix("*") in _ENVIRONMENTS for found in _BEGIN_OR_END.finditer(formula))
    )


def _depth(formula: str) -> int:
    """How deep braces go, or begin what has no end."""
    deepest = depth = 0
    for character in formula:
        if character == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif character == "}":
            depth -= 1
    return deepest
