//! Why records are one customer, or not: the evidence, in data and sentences.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::health::{Health, health, touches};
use super::partition::{Cluster, Constraint, Edge, Partition, RejectedJoin};
use crate::model::{
    Component, Explanation, IdentifierId, Judge, RecordId, Ruling, Sentence, Verdict, VerdictId,
    Weight, bits,
};

/// Most refused joins that an explanation lists; more are counted.
const REFUSED_MAX: usize = 20;

/// A node of the evidence graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Record(RecordId),
    Identifier(IdentifierId, u32),
}

pub(super) fn ends(edge: &Edge) -> (Node, Node) {
    match edge {
        Edge::Verdict { a, b, .. } | Edge::Scored { a, b, .. } => {
            (Node::Record(*a), Node::Record(*b))
        }
        Edge::Seen { identifier, life, record } => {
            (Node::Record(*record), Node::Identifier(*identifier, *life))
        }
    }
}

/// Why two records are one customer: the path of joins between them. `None` where they are not.
pub fn why(
    component: &Component,
    partition: &Partition,
    a: RecordId,
    b: RecordId,
) -> Option<Explanation> {
    let path = path(partition, Node::Record(a), Node::Record(b))?;
    let hops = hops(&path);
    let outcome = match hops.len() {
        0 => "One customer: it is one record.".to_owned(),
        1 => "One customer: the two records are joined directly.".to_owned(),
        many => format!("One customer: a chain of {many} joins connects the two records."),
    };
    let mut explanation = Explanation::new(Sentence::new(outcome));
    for hop in hops {
        let (rule, sentence) = hop.describe(component);
        explanation.push(rule, Weight::For, sentence);
    }
    // Joins are listed from the strongest: the path's last in that order is its weakest.
    let weakest = partition.joins.iter().rev().find(|edge| path.contains(edge));
    if let (Some(weakest), true) = (weakest, path.len() > 2) {
        let sentence = join(component, weakest).then(": the weakest join of the chain");
        explanation.push("weakest_join", Weight::Note, sentence);
    }
    let cut = "A verdict that the two records are different parties would part them.";
    explanation.would_change.push(Sentence::new(cut));
    Some(explanation)
}

/// Why two records are two customers: a verdict, a refused join, or missing evidence. `None` where
/// they are one.
pub fn why_not(
    component: &Component,
    partition: &Partition,
    a: RecordId,
    b: RecordId,
) -> Option<Explanation> {
    if path(partition, Node::Record(a), Node::Record(b)).is_some() {
        return None;
    }
    let mut explanation = Explanation::new(Sentence::new("Two customers."));
    let (a_first, b_last) = (a.min(b), a.max(b));
    let rulings = component.rulings();
    if let Some(verdict) = rulings.get(&(a_first, b_last, Judge::Person))
        && verdict.ruling == Ruling::Different
    {
        explanation.push("verdict", Weight::Against, ruled(verdict));
        let undo = "Taking the verdict back would let the evidence decide.";
        explanation.would_change.push(Sentence::new(undo));
    }
    let scored = rulings.get(&(a_first, b_last, Judge::Model));
    // One that would join is told of where it is refused.
    if let Some(scored) = scored.filter(|scored| !is_tried(partition, scored)) {
        explanation.push("scored_link", Weight::Note, ruled(scored).then(": too little to join"));
    }
    push_refused(&mut explanation, component, &between(partition, a, b));
    for sentence in other_lives(component, partition, a, b) {
        explanation.push("idle_value", Weight::Against, sentence);
    }
    note_blocked(&mut explanation, (component, a), (component, b));
    Some(explanation)
}

/// Whether a scored link joins, confirms, or is refused by a constraint.
fn is_tried(partition: &Partition, scored: &Verdict) -> bool {
    let refused = partition.rejected.iter().map(|rejected| &rejected.edge);
    let mut tried = partition.joins.iter().chain(&partition.confirming).chain(refused);
    tried.any(|edge| matches!(edge, Edge::Scored { verdict, .. } if *verdict == scored.id))
}

/// The refused joins that would have joined the customers of two records; where none would have by
/// itself, those of either.
fn between(partition: &Partition, a: RecordId, b: RecordId) -> Vec<&RejectedJoin> {
    let came = [a, b].map(|record| reached(partition, Node::Record(record)));
    let of_one = |side: usize, node: &Node| came[side].contains_key(node);
    let crosses = |rejected: &&RejectedJoin| {
        let (one, other) = ends(&rejected.edge);
        of_one(0, &one) && of_one(1, &other) || of_one(1, &one) && of_one(0, &other)
    };
    let touches = |rejected: &&RejectedJoin| {
        let (one, other) = ends(&rejected.edge);
        [one, other].iter().any(|node| of_one(0, node) || of_one(1, node))
    };
    let direct: Vec<_> = partition.rejected.iter().filter(crosses).collect();
    if direct.is_empty() { partition.rejected.iter().filter(touches).collect() } else { direct }
}

/// Adds refused joins, the strongest first, and how many more there are.
fn push_refused(explanation: &mut Explanation, component: &Component, all: &[&RejectedJoin]) {
    for rejected in all.iter().take(REFUSED_MAX) {
        explanation.push("refused_join", Weight::Against, refused(component, rejected));
    }
    if let Some(more @ 1..) = all.len().checked_sub(REFUSED_MAX) {
        let sentence = Sentence::new(format!("{more} weaker joins are refused too"));
        explanation.push("refused_join", Weight::Against, sentence);
    }
}

/// Linking identifiers that both records show, in different lives of it.
fn other_lives(
    component: &Component,
    partition: &Partition,
    a: RecordId,
    b: RecordId,
) -> Vec<Sentence> {
    let mut lives: BTreeMap<(IdentifierId, RecordId), u32> = BTreeMap::new();
    let refused = partition.rejected.iter().map(|rejected| &rejected.edge);
    for edge in partition.joins.iter().chain(&partition.confirming).chain(refused) {
        if let Edge::Seen { identifier, life, record } = edge {
            lives.insert((*identifier, *record), *life);
        }
    }
    let (Some(one), Some(other)) = (component.records.get(&a), component.records.get(&b)) else {
        return Vec::new();
    };
    let both = one.identifiers.keys().filter(|id| other.identifiers.contains_key(*id));
    let told_apart = both.filter_map(|id| {
        let node = component.identifiers.get(id).filter(|node| node.blocked.is_none())?;
        let why = match (lives.get(&(*id, a)), lives.get(&(*id, b))) {
            (Some(one), Some(other)) if one == other => return None,
            (Some(_), Some(_)) => "which lay idle in between: it may have been given to another",
            _ => "which was given to several, and at what time one of them showed it is not known",
        };
        let both = Sentence::new(format!("both show the {} ", node.namespace));
        Some(both.personal(&node.namespace, node.value.expose()).then(format!(", {why}")))
    });
    told_apart.collect()
}

/// Why records of two components are two customers: what both show joins nobody, or they show
/// nothing in common.
pub fn why_apart(one: (&Component, RecordId), other: (&Component, RecordId)) -> Explanation {
    let mut explanation = Explanation::new(Sentence::new("Two customers."));
    note_blocked(&mut explanation, one, other);
    explanation
}

/// Adds what both records show and what joins nobody; or that there is nothing.
fn note_blocked(
    explanation: &mut Explanation,
    one: (&Component, RecordId),
    other: (&Component, RecordId),
) {
    for sentence in shared_but_blocked(one, other) {
        explanation.push("blocked_value", Weight::Note, sentence);
    }
    if explanation.reasons.is_empty() {
        let none = "no identifier that joins records was seen on both, nor on a chain between them";
        explanation.push("no_evidence", Weight::Against, Sentence::new(none));
        let more = "Seeing one linking identifier on both, or a verdict, would join them.";
        explanation.would_change.push(Sentence::new(more));
    }
}

/// How a customer came to be: every join in the order of its strength, what constraints refused,
/// and how sound it is.
pub fn how(component: &Component, partition: &Partition, cluster: &Cluster) -> Explanation {
    let records: BTreeSet<RecordId> = cluster.records.iter().copied().collect();
    let outcome = match records.len() {
        1 => "One customer of one record.".to_owned(),
        many => format!("One customer of {many} records."),
    };
    let mut explanation = Explanation::new(Sentence::new(outcome));
    for edge in partition.joins.iter().filter(|edge| touches(edge, &records)) {
        let rule = match edge {
            Edge::Verdict { .. } => "verdict",
            Edge::Scored { .. } => "scored_link",
            Edge::Seen { .. } => "identifier",
        };
        explanation.push(rule, Weight::For, join(component, edge));
    }
    let refused = partition.rejected.iter().filter(|join| touches(&join.edge, &records));
    push_refused(&mut explanation, component, &refused.collect::<Vec<_>>());
    for node in records.iter().filter_map(|record| component.records.get(record)) {
        for id in node.identifiers.keys() {
            if let Some(why) = component.identifiers.get(id).and_then(|node| node.blocked) {
                let sentence = seen(component, *id).then(" joins nobody: ").then(why.reason());
                let known = explanation.reasons.iter().any(|reason| reason.sentence == sentence);
                if !known {
                    explanation.push("blocked_value", Weight::Note, sentence);
                }
            }
        }
    }
    let Health { bridges, asserted_bridges, .. } = health(component, partition, cluster);
    let sound = match (bridges, asserted_bridges) {
        (0, _) => "no single join holds it together".to_owned(),
        (all, 0) => format!("{all} of its joins alone hold parts of it together, each verified"),
        (all, weak) => {
            format!("{all} of its joins alone hold parts of it together, {weak} not verified")
        }
    };
    explanation.push("health", Weight::Note, Sentence::new(sound));
    explanation
}

/// A join in words.
fn join(component: &Component, edge: &Edge) -> Sentence {
    match edge {
        Edge::Verdict { verdict, .. } | Edge::Scored { verdict, .. } => {
            Hop::Verdict(*verdict).describe(component).1
        }
        Edge::Seen { identifier, record, .. } => {
            let by = source(component, *record);
            seen(component, *identifier).then(format!(" was seen by {by}"))
        }
    }
}

/// A refused join in words.
fn refused(component: &Component, rejected: &RejectedJoin) -> Sentence {
    let why = format!("; it joins nothing further: {}", forbids(&rejected.constraint));
    join(component, &rejected.edge).then(why)
}

/// What joins two records directly.
enum Hop {
    Verdict(VerdictId),
    Identifier(IdentifierId, RecordId, RecordId),
}

/// The path as hops from record to record: an identifier's two edges are one hop.
fn hops(path: &[Edge]) -> Vec<Hop> {
    let mut hops = Vec::new();
    let mut half: Option<RecordId> = None;
    for edge in path {
        match (edge, half.take()) {
            (Edge::Verdict { verdict, .. } | Edge::Scored { verdict, .. }, _) => {
                hops.push(Hop::Verdict(*verdict));
            }
            (Edge::Seen { record, .. }, None) => half = Some(*record),
            (Edge::Seen { identifier, record, .. }, Some(from)) => {
                hops.push(Hop::Identifier(*identifier, from, *record));
            }
        }
    }
    hops
}

impl Hop {
    fn describe(&self, component: &Component) -> (&'static str, Sentence) {
        match self {
            Self::Verdict(verdict) => {
                let known = component.verdicts.get(verdict);
                let scored = known.is_some_and(|known| known.ruling.judge() == Judge::Model);
                let rule = if scored { "scored_link" } else { "verdict" };
                (rule, known.map_or_else(|| Sentence::new("a person ruled"), ruled))
            }
            Self::Identifier(identifier, from, to) => {
                let seen = seen(component, *identifier);
                let (from, to) = (source(component, *from), source(component, *to));
                let by = if from == to {
                    format!("twice by {to}")
                } else {
                    format!("by {from} and {to}")
                };
                ("identifier", seen.then(format!(" was seen {by}")))
            }
        }
    }
}

/// What a constraint forbids, in words.
fn forbids(constraint: &Constraint) -> String {
    match constraint {
        Constraint::CannotLink(_) => "a person ruled that both sides are two parties".to_owned(),
        Constraint::Limit { namespace, limit, .. } => {
            let window = match limit.within_days {
                Some(days) => format!(" within {days} days"),
                None => String::new(),
            };
            let max = limit.max;
            format!("one customer would hold more than {max} different {namespace}{window}")
        }
        Constraint::OneRecordPerSource(source) => {
            format!("one customer would have two records of {}", source.as_str())
        }
        Constraint::Size(max) => format!("one customer would have more than {max} records"),
    }
}

/// An identifier in words: what it is, and its value.
fn seen(component: &Component, identifier: IdentifierId) -> Sentence {
    component.identifiers.get(&identifier).map_or_else(
        || Sentence::new("an identifier"),
        |node| {
            let words = Sentence::new(format!("the {} ", node.namespace));
            words.personal(&node.namespace, node.value.expose())
        },
    )
}

fn source(component: &Component, record: RecordId) -> &str {
    let source = component.records.get(&record).and_then(|node| node.source.as_ref());
    source.map_or("an unknown source", |source| source.as_str())
}

/// How a node of the forest was come to: from which, by which join; `None` where the search began.
type Came = BTreeMap<Node, Option<(Node, Edge)>>;

/// Every node of the tree that holds one, and how it is come to from there.
fn reached(partition: &Partition, from: Node) -> Came {
    let mut neighbours: BTreeMap<Node, Vec<(Node, Edge)>> = BTreeMap::new();
    for edge in &partition.joins {
        let (a, b) = ends(edge);
        neighbours.entry(a).or_default().push((b, *edge));
        neighbours.entry(b).or_default().push((a, *edge));
    }
    let mut came: Came = BTreeMap::from([(from, None)]);
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        for (next, edge) in neighbours.get(&node).into_iter().flatten() {
            if !came.contains_key(next) {
                came.insert(*next, Some((node, *edge)));
                queue.push_back(*next);
            }
        }
    }
    came
}

/// The only path between two nodes of the forest, if they are in one tree.
fn path(partition: &Partition, from: Node, to: Node) -> Option<Vec<Edge>> {
    let came = reached(partition, from);
    let mut steps = Vec::new();
    let mut at = to;
    while let Some((before, edge)) = came.get(&at)? {
        steps.push(*edge);
        at = *before;
    }
    steps.reverse();
    Some(steps)
}

fn ruled(verdict: &Verdict) -> Sentence {
    let what = match verdict.ruling {
        Ruling::Same => "ruled that they are one party",
        Ruling::Different => "ruled that they are two parties",
        Ruling::Undecided => "took an earlier verdict back",
        Ruling::Scored(weight) => {
            let weight = Sentence::new(format!("a match weight of {} by ", bits(weight)));
            return weight.personal("model", verdict.by.expose());
        }
    };
    Sentence::default()
        .personal("a person", verdict.by.expose())
        .then(format!(" {what} on {}: ", verdict.at))
        .personal("reason", verdict.reason.expose())
}

fn shared_but_blocked(
    (component, a): (&Component, RecordId),
    (other, b): (&Component, RecordId),
) -> Vec<Sentence> {
    let of = |component: &Component, record: RecordId| -> BTreeSet<IdentifierId> {
        let node = component.records.get(&record);
        node.map(|node| node.identifiers.keys().copied().collect()).unwrap_or_default()
    };
    let shared = of(component, a).intersection(&of(other, b)).copied().collect::<Vec<_>>();
    let blocked = shared.iter().filter_map(|id| {
        let node = component.identifiers.get(id)?;
        let why = node.blocked?.reason();
        let sentence = Sentence::new(format!("both show the {} ", node.namespace));
        let sentence = sentence.personal(&node.namespace, node.value.expose());
        Some(sentence.then(format!(", which joins nobody: {why}")))
    });
    blocked.collect()
}
