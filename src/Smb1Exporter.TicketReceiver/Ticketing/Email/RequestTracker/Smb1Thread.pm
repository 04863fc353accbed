package RT::Interface::Email::Smb1Thread;

use strict;
use warnings;

use Role::Basic 'with';
with 'RT::Interface::Email::Role';

use RT::Attachments;
use RT::Ticket;

=head1 NAME

RT::Interface::Email::Smb1Thread - one ticket per server for the mails of smb1-ticket-receiver

=head1 DESCRIPTION

Request Tracker 5 finds a mail's ticket by the tag in its subject alone. This mail plugin (see docs/extending/mail_plugins.pod) finds the open
ticket that an earlier mail about the same server made, by the Message-ID that Request Tracker keeps with every mail: it begins with the key
that is in the header X-Smb1-Key too. A resolved ticket is left alone; the mail then opens a new one. A mail that came before is dropped.

All other mail goes its usual way.

=head1 INSTALLATION

Save as RT/Interface/Email/Smb1Thread.pm in Request Tracker's local library (/opt/rt5/local/lib, with Debian
/usr/local/share/request-tracker5/lib), add to RT_SiteConfig.pm

    Set(@MailPlugins, 'Smb1Thread');

or 'Smb1Thread' to the list that is there, and restart the web server.

=cut

sub BeforeDecode {
    my %args = ( Message => undef, @_ );
    my $head = $args{Message}->head;

    my ($key) = ( $head->get('X-Smb1-Key') || '' ) =~ /^\s*([a-z][a-z0-9-]{0,48})\s*$/;
    return unless defined $key;
    my ($id) = ( $head->get('Message-ID') || '' ) =~ /^\s*<(\Q$key\E\.[^<>\s]+)>\s*$/;
    return unless defined $id;

    my @mails = MailsOf($key);
    if ( my ($earlier) = grep { lc $_->MessageId eq lc $id } @mails ) {
        my $ticket = RT::Ticket->new( RT->SystemUser );
        $ticket->Load( $earlier->TransactionObj->ObjectId );
        RT->Logger->info("Mail $id came before: ticket #" . $ticket->id);
        SUCCESS($ticket);
    }

    my $number = OpenTicketOf(@mails) or return;
    my $subject = $head->get('Subject') || '';
    $head->replace( Subject => '[' . RT->Config->Get('rtname') . " #$number] $subject" );
}

=head2 MailsOf KEY

The mails about a server that became part of a ticket, the oldest first.

=cut

sub MailsOf {
    my ($key) = @_;
    my $mails = RT::Attachments->new( RT->SystemUser );
    $mails->Limit( FIELD => 'MessageId', OPERATOR => 'STARTSWITH', VALUE => "$key." );
    $mails->Limit( ALIAS => $mails->TransactionAlias, FIELD => 'ObjectType', VALUE => 'RT::Ticket' );
    $mails->OrderBy( FIELD => 'id' );
    return @{ $mails->ItemsArrayRef };
}

=head2 OpenTicketOf MAILS

The number of the first ticket of these mails that is not resolved, rejected or deleted. A merged one counts as the ticket that it is part of.

=cut

sub OpenTicketOf {
    my %seen;
    for my $number ( grep { !$seen{$_}++ } map { $_->TransactionObj->ObjectId } @_ ) {
        my $ticket = RT::Ticket->new( RT->SystemUser );
        $ticket->Load($number);
        return $ticket->id if $ticket->id && !$ticket->LifecycleObj->IsInactive( $ticket->Status );
    }
    return;
}

1;
