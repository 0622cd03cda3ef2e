//! `veille stories`: which items tell one fact, why, and what people say of it.

pub(super) mod tie;

use crate::{
    app::{Result, story_acts::StoryDetail},
    cli::{Context, Exit, actor::actor, output},
    domain::{
        localised::Locale,
        story_act::{By, StoryAct, StoryActKind},
    },
};
use serde_json::{Value, json};

/// Arguments of `veille stories`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// The story of an item: who tells it, and why they are one.
    Show {
        /// The item's number.
        item: i64,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Items that tell one fact: their stories become one, and stay so.
    Merge(ActArgs),
    /// Items that tell another fact: they leave their story for one of their own, and stay there.
    Split(ActArgs),
}

#[derive(Debug, clap::Args)]
struct ActArgs {
    /// The items' numbers.
    #[arg(required = true)]
    items: Vec<i64>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who decides; the operating system's user unless given.
    #[arg(long = "as", value_name = "NAME", env = "USER", hide_env_values = true)]
    actor: Option<String>,
    /// One JSON document: the stories that it leaves.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::Show { item, json } => show(item, json, context).await,
        Verb::Merge(args) => act(args, StoryActKind::Merge, context).await,
        Verb::Split(args) => act(args, StoryActKind::Split, context).await,
    }
}

async fn show(item: i64, json: bool, context: &Context) -> Result<Exit> {
    let story = context.app().await?.story_of_item(item).await?;
    if json {
        output::json(&document(&story))?;
    } else {
        lines(&story, context.locale).into_iter().for_each(output::line);
    }
    Ok(Exit::Done)
}

async fn act(args: ActArgs, kind: StoryActKind, context: &Context) -> Result<Exit> {
    let by = By { actor: actor(args.actor), reason: args.reason };
    let app = context.app().await?;
    let left = match kind {
        StoryActKind::Merge => app.merge_stories(args.items, by).await?,
        StoryActKind::Split => app.split_story(args.items, by).await?,
    };
    let mut documents = Vec::new();
    for id in left.stories {
        let story = app.story_of_item(id).await?;
        if args.json {
            documents.push(document(&story));
        } else {
            lines(&story, context.locale).into_iter().for_each(output::line);
        }
    }
    if args.json {
        output::json(&documents)?;
    }
    Ok(Exit::Done)
}

fn document(story: &StoryDetail) -> Value {
    let member = |member: &crate::domain::story::StoryMember| {
        json!({
            "item": member.item, "source": member.source, "title": member.title, "url": member.url, "at": member.at,
            "lead": member.item == story.lead, "tie": member.tie,
        })
    };
    json!({
        "id": story.id, "lead": story.lead, "independent": story.independent,
        "members": story.members.iter().map(member).collect::<Vec<_>>(), "acts": story.acts,
    })
}

fn lines(story: &StoryDetail, locale: Locale) -> Vec<String> {
    let voices =
        locale.count(story.independent, ["voix indépendante", "voix indépendantes"], ["independent voice", "independent voices"]);
    let mut lines = vec![locale.pick(format!("Sujet {} : {voices}", story.id), format!("Story {}: {voices}", story.id))];
    for member in &story.members {
        let mark = if member.item == story.lead { "*" } else { " " };
        lines.push(format!("{mark} {:>6}  {}: {}", member.item, member.source, member.title));
        lines.push(format!("            {}", tie::told(&member.tie, locale)));
    }
    lines.extend(story.acts.iter().map(|act| acted(act, locale)));
    lines
}

fn acted(act: &StoryAct, locale: Locale) -> String {
    let what = match act.kind {
        StoryActKind::Merge => locale.pick("réunit", "merged"),
        StoryActKind::Split => locale.pick("sépare", "split off"),
    };
    let items: Vec<String> = act.items.iter().map(i64::to_string).collect();
    let reason = act.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("{}  {} {what} {}{reason}", act.at.format("%Y-%m-%d %H:%M"), act.actor, items.join(", "))
}
